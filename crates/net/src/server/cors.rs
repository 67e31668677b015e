//! Cross-origin requests: who may ask, and what a browser is told.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderName, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method};

use super::CorsOptions;

/// Always allowed, whatever the configuration says.
const SAFE_HEADERS: [&str; 4] = ["accept", "content-type", "x-requested-with", "origin"];
const METHODS: [Method; 3] = [Method::GET, Method::POST, Method::HEAD];

/// What one request is told.
pub(super) struct Judged {
    /// The browser only asks whether it may; nothing else is to be done.
    pub(super) is_preflight: bool,
    headers: Vec<(HeaderName, HeaderValue)>,
    vary: &'static str,
}

impl Judged {
    pub(super) fn write_to(self, headers: &mut HeaderMap) {
        headers.append(VARY, HeaderValue::from_static(self.vary));
        headers.extend(self.headers);
    }
}

impl CorsOptions {
    pub(super) fn judge(&self, method: &Method, headers: &HeaderMap) -> Judged {
        let requested = headers.get(ACCESS_CONTROL_REQUEST_METHOD);
        let is_preflight = method == Method::OPTIONS && requested.is_some();
        let vary = if is_preflight {
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
        } else {
            "Origin"
        };
        let mut judged = Judged { is_preflight, headers: Vec::new(), vary };
        let Some(origin) = headers.get(ORIGIN).filter(|origin| self.allows_origin(origin)) else {
            return judged;
        };
        let wanted = headers.get(ACCESS_CONTROL_REQUEST_HEADERS);
        if let (true, Some(method)) = (is_preflight, requested) {
            let is_known =
                METHODS.iter().any(|known| known.as_str().as_bytes() == method.as_bytes());
            if !is_known || !wanted.is_none_or(|wanted| self.allows_headers(wanted)) {
                return judged;
            }
            judged.headers.push((ACCESS_CONTROL_ALLOW_METHODS, method.clone()));
            if let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) {
                judged.headers.push((ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone()));
            }
            if self.max_age > 0 {
                judged.headers.push((ACCESS_CONTROL_MAX_AGE, HeaderValue::from(self.max_age)));
            }
        } else if !self.exposed_headers.is_empty()
            && let Ok(exposed) = HeaderValue::try_from(self.exposed_headers.join(", "))
        {
            judged.headers.push((ACCESS_CONTROL_EXPOSE_HEADERS, exposed));
        }
        let everyone = self.allowed_origins.iter().any(|pattern| pattern == "*");
        let told = if everyone { HeaderValue::from_static("*") } else { origin.clone() };
        judged.headers.push((ACCESS_CONTROL_ALLOW_ORIGIN, told));
        judged.headers.push((ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true")));
        judged
    }

    fn allows_origin(&self, origin: &HeaderValue) -> bool {
        let origin = origin.as_bytes().to_ascii_lowercase();
        self.allowed_origins
            .iter()
            .any(|pattern| matches(pattern.to_ascii_lowercase().as_bytes(), &origin))
    }

    fn allows_headers(&self, wanted: &HeaderValue) -> bool {
        let Ok(wanted) = wanted.to_str() else { return false };
        wanted.split(',').map(str::trim).filter(|name| !name.is_empty()).all(|name| {
            SAFE_HEADERS.iter().any(|safe| safe.eq_ignore_ascii_case(name))
                || self
                    .allowed_headers
                    .iter()
                    .any(|allowed| allowed == "*" || allowed.eq_ignore_ascii_case(name))
        })
    }
}

/// Whether `text` fits `pattern`, in which every `*` stands for any bytes.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let mut parts = pattern.split(|byte| *byte == b'*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        if part.is_empty() {
            continue;
        }
        // The leftmost fit leaves most to the parts that follow.
        let Some(at) = rest.windows(part.len()).position(|window| window == part) else {
            return false;
        };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    true
}
