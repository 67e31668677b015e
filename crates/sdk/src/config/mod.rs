//! What a component's settings must offer.

use std::{any::Any, fmt};

use ::config::{Error, Mode, Problems, Value};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Settings as users write them in YAML.
///
/// Derive `Serialize` and `Deserialize` with `#[serde(default)]` and implement `Default`: the
/// user's keys are laid over the default value. Unknown keys are refused for you, with the place
/// and the nearest known key, so neither `deny_unknown_fields` nor `flatten` is used.
pub trait Config:
    Default + Clone + fmt::Debug + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Every reason these settings cannot work, in the user's words. No I/O here: `validate` calls
    /// this for components that are never built.
    fn problems(&self) -> Problems {
        Problems::default()
    }
}

/// The settings of a component that has none: any key is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoSettings {}

impl Config for NoSettings {}

/// [`Config`] without its type.
pub trait ErasedConfig: fmt::Debug + Send + Sync {
    /// See [`Config::problems`].
    fn problems(&self) -> Problems;
    /// All settings, defaults included, as `print-config` shows them.
    fn to_value(&self, mode: Mode) -> Result<Value, Error>;
    /// A copy.
    fn clone_box(&self) -> Box<dyn ErasedConfig>;
    /// The typed settings behind this.
    fn as_any(&self) -> &dyn Any;
}

impl<C: Config> ErasedConfig for C {
    fn problems(&self) -> Problems {
        Config::problems(self)
    }

    fn to_value(&self, mode: Mode) -> Result<Value, Error> {
        ::config::to_value(self, mode)
    }

    fn clone_box(&self) -> Box<dyn ErasedConfig> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
