//! The settings of an HTTP client (C§6.2), without the exporter's timeout, queue and retry.

use config::{Duration, MapList, Opaque, Optional, Problems};
use http::Uri;
use http::header::PROXY_AUTHORIZATION;
use serde::{Deserialize, Serialize};

use super::shared::{check_duration, extension_problems, header_problems, headers, unless_zero};
use super::{AuthConfig, CompressionType, MiddlewareConfig, TlsClientConfig};
use crate::auth::ClientAuth;
use crate::client::{ClientError, HttpClient, HttpClientOptions};
use crate::compression::Encoding;
use crate::tls::{Alpn, ClientTls};

/// Go's idle connections per host when the settings say 0.
const IDLE_PER_HOST: usize = 2;

/// An HTTP client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HttpClientConfig {
    /// The base URL.
    pub endpoint: String,
    /// An HTTP proxy; may hold a password.
    pub proxy_url: Opaque,
    /// TLS; used for `https://` URLs.
    pub tls: TlsClientConfig,
    /// Bytes; kept for compatibility.
    pub read_buffer_size: i64,
    /// Bytes; kept for compatibility.
    pub write_buffer_size: i64,
    /// Set on every request, over whatever was there; `Host` is honoured.
    pub headers: MapList,
    /// Who signs requests.
    pub auth: Optional<AuthConfig>,
    /// How bodies are compressed.
    pub compression: CompressionType,
    /// How well.
    pub compression_params: CompressionParams,
    /// Idle connections kept in all; kept for compatibility.
    pub max_idle_conns: i64,
    /// Idle connections kept for one host; 0 is 2.
    pub max_idle_conns_per_host: i64,
    /// Requests at one time to one host; 0 is no limit.
    pub max_conns_per_host: i64,
    /// How long an idle connection is kept; 0 for ever.
    pub idle_conn_timeout: Duration,
    /// Whether every request takes a connection of its own.
    pub disable_keep_alives: bool,
    /// HTTP/2 only; kept for compatibility.
    pub http2_read_idle_timeout: Duration,
    /// HTTP/2 only; kept for compatibility.
    pub http2_ping_timeout: Duration,
    /// HTTP/2 only; kept for compatibility.
    pub force_attempt_http2: bool,
    /// Whether cookies are kept; refused when on.
    pub cookies: Optional<CookiesConfig>,
    /// Extensions through which requests pass.
    pub middlewares: Vec<MiddlewareConfig>,
}

/// How well bodies are compressed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompressionParams {
    /// The format's level; 0 is its default.
    pub level: i32,
}

/// Cookies have no settings of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CookiesConfig {}

impl Default for HttpClientConfig {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            proxy_url: Opaque::default(),
            tls: TlsClientConfig::default(),
            read_buffer_size: 0,
            write_buffer_size: 512 << 10,
            headers: MapList::default(),
            auth: Optional::None,
            compression: CompressionType::default(),
            compression_params: CompressionParams::default(),
            max_idle_conns: 100,
            max_idle_conns_per_host: 0,
            max_conns_per_host: 0,
            idle_conn_timeout: Duration::from_secs(90),
            disable_keep_alives: false,
            http2_read_idle_timeout: Duration::ZERO,
            http2_ping_timeout: Duration::ZERO,
            force_attempt_http2: true,
            cookies: Optional::None,
            middlewares: Vec::new(),
        }
    }
}

impl HttpClientConfig {
    /// Every fault, in the Go collector's words where it has words. Whether the endpoint is given is
    /// for the exporter to check, which has several.
    #[must_use]
    pub fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let auth = self.auth.as_ref().map(|auth| auth.authenticator.as_str());
        problems.merge(extension_problems(auth, &self.middlewares));
        if !self.endpoint.is_empty() && self.endpoint.parse::<Uri>().is_err() {
            problems.add(format!("endpoint must be a valid URL: {}", self.endpoint));
        }
        problems.nest("headers", header_problems(&self.headers));
        problems.nest("tls", self.tls.problems());
        problems.check(
            self.is_level_valid(),
            format!(
                "unsupported parameters {{Level:{}}} for compression type \"{}\"",
                self.compression_params.level,
                self.compression.as_str()
            ),
        );
        check_duration(&mut problems, "idle_conn_timeout", self.idle_conn_timeout);
        problems
    }

    fn is_level_valid(&self) -> bool {
        let level = self.compression_params.level;
        match self.compression.encoding() {
            Encoding::Gzip | Encoding::Zlib | Encoding::Deflate => (-2..=9).contains(&level),
            Encoding::Zstd => true,
            Encoding::Identity | Encoding::Snappy | Encoding::XSnappyFramed | Encoding::Lz4 => {
                level == 0
            }
        }
    }

    /// The options of a client with these settings, all but TLS: see [`HttpClientConfig::load_tls`].
    ///
    /// # Errors
    ///
    /// [`ClientError`] for what cannot be built: cookies, and proxies with TLS or a password.
    pub fn client_options(&self, user_agent: &str) -> Result<HttpClientOptions, ClientError> {
        if self.cookies.is_some() {
            let text = "cookies are not supported: remove `cookies`".to_owned();
            return Err(ClientError::Unsupported(text));
        }
        let level = self.compression_params.level;
        let idle = usize::try_from(self.max_idle_conns_per_host).unwrap_or(0);
        let busy = usize::try_from(self.max_conns_per_host).unwrap_or(0);
        let idle_per_host_max = match (self.disable_keep_alives, idle) {
            (true, _) => 0,
            (false, 0) => IDLE_PER_HOST,
            (false, idle) => idle,
        };
        Ok(HttpClientOptions {
            user_agent: user_agent.to_owned(),
            headers: headers(&self.headers),
            compression: self.compression.encoding(),
            compression_level: Some(level).filter(|level| *level != 0),
            idle_per_host_max,
            connections_per_host_max: Some(busy).filter(|limit| *limit > 0),
            idle_timeout: unless_zero(self.idle_conn_timeout),
            proxy: self.proxy()?,
            tls: None,
            auth: None,
        })
    }

    /// TLS for `https://` URLs; reads the files that `tls` names. `insecure` without a CA is the
    /// default of the system, as in the Go collector: an `https://` URL is never plaintext.
    ///
    /// # Errors
    ///
    /// [`ClientError::Tls`].
    pub fn load_tls(&self) -> Result<ClientTls, ClientError> {
        let alpn = if self.force_attempt_http2 { Alpn::Any } else { Alpn::Http1 };
        Ok(ClientTls::load(&self.tls, alpn)?)
    }

    fn proxy(&self) -> Result<Option<Uri>, ClientError> {
        if self.proxy_url.is_empty() {
            return Ok(None);
        }
        // The URL itself may hold a password and stays out of every text.
        let refused = |text: &str| Err(ClientError::Unsupported(text.to_owned()));
        let Ok(proxy) = self.proxy_url.reveal().parse::<Uri>() else {
            return refused("proxy_url is not a URL");
        };
        if proxy.scheme_str() != Some("http") {
            return refused("proxy_url: only plain http:// proxies are supported yet");
        }
        if proxy.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return refused(&format!(
                "proxy_url: a user and password are not supported yet; set the header \
                 {PROXY_AUTHORIZATION} in `headers`"
            ));
        }
        Ok(Some(proxy))
    }
}

impl HttpClient {
    /// A client with these settings. It speaks TLS if `https` says that one of its URLs needs it.
    ///
    /// # Errors
    ///
    /// [`ClientError`], as [`HttpClientConfig::client_options`] and [`HttpClientConfig::load_tls`].
    pub fn new(
        config: &HttpClientConfig,
        user_agent: &str,
        https: bool,
        auth: Option<ClientAuth>,
    ) -> Result<Self, ClientError> {
        let mut options = config.client_options(user_agent)?;
        options.auth = auth;
        options.tls = https.then(|| config.load_tls()).transpose()?;
        Ok(Self::with_options(options))
    }
}
