//! State shared by the instances of one service.

use std::{
    any::{Any, TypeId},
    collections::{BTreeSet, HashMap},
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use crate::Id;

/// The values, by who shares them and what they are.
type Values = HashMap<(Option<Id>, TypeId), Arc<dyn Any + Send + Sync>>;

/// One value for each id and type in a service: the limiter behind all pipelines that name the same
/// `memory_limiter`, for example. At most one entry for each configured component and type.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Values>>);

impl Shared {
    /// The value of this type under this id, made by the first who asks.
    pub fn get_or_insert_with<T: Any + Send + Sync>(
        &self,
        id: &Id,
        make: impl FnOnce() -> T,
    ) -> Arc<T> {
        self.value(Some(id.clone()), make)
    }

    /// The one value of this type in the whole service, made by the first who asks.
    pub fn get_or_insert_global<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        self.value(None, make)
    }

    /// What those that go on share, for a service that takes the place of this one: the values under
    /// other ids than these.
    #[must_use]
    pub fn without(&self, ids: &BTreeSet<Id>) -> Self {
        let values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stays = |id: &Option<Id>| id.as_ref().is_none_or(|id| !ids.contains(id));
        let staying = values.iter().filter(|((id, _), _)| stays(id));
        let staying = staying.map(|(key, value)| (key.clone(), value.clone())).collect();
        Self(Arc::new(Mutex::new(staying)))
    }

    fn value<T: Any + Send + Sync>(&self, id: Option<Id>, make: impl FnOnce() -> T) -> Arc<T> {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (id, TypeId::of::<T>());
        if let Some(value) = values.get(&key).cloned().and_then(|value| value.downcast().ok()) {
            return value;
        }
        let value = Arc::new(make());
        values.insert(key, value.clone());
        value
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}
