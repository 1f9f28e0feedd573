//! Checks that need only the call itself.

use api::{CONNECTION_HEADER, ConnectionId};

use crate::{
    jira::{JiraTarget, SiteReference},
    loop_detection::HOP_HEADER,
    organization_id::OrganizationId,
    proxy::{
        CallAddress, ConnectionReference, GrantedAccess, ProxyRequest,
        families::{self, FamilyCheck},
        headers,
        path::{self, PathRefused, PathSegments},
        presented_key,
        query::{self, QueryRefused},
        refusal::CallRefusal,
        retry::RetryBudget,
    },
    secrets::PresentedKey,
};

/// The largest headers, names and values together, in bytes.
const HEADER_BYTES: usize = 32 * 1024;
/// The largest body. One without a declared length is broken off there.
pub(super) const BODY_BYTES: u64 = 20 * 1024 * 1024;
/// The largest body that is kept in order to be sent again after a 401.
const KEPT_BYTES: u64 = 1024 * 1024;
/// The allowed methods. `TRACE` and `CONNECT` address gateways, not Jira.
const METHODS: [&str; 7] = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

/// Identifies what access depends on: organization, key, and what the call says about its connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct CallIdentity {
    pub(super) organization: OrganizationId,
    pub(super) key: PresentedKey,
    pub(super) connection: ConnectionReference,
}

/// A call that passed the checks of this module.
pub(super) struct AdmittedCall {
    pub(super) caller: CallIdentity,
    pub(super) request_id: String,
    pub(super) method: &'static str,
    /// The path of our own URL before Jira's path: [`CallAddress::base_path`].
    pub(super) base_path: String,
    /// Path and query for Jira, unchanged.
    pub(super) path_and_query: String,
    /// The path with `*` for variable segments.
    pub(super) pattern: String,
    /// The path as it is compared.
    path: PathSegments,
    /// Whether its API family must have been added to the connection.
    family: FamilyCheck,
    /// Whether the body is a form (`application/x-www-form-urlencoded`).
    is_form: bool,
    pub(super) headers: Vec<(&'static str, String)>,
    /// The length of the body, if it is declared.
    pub(super) length: Option<u64>,
    pub(super) budget: RetryBudget,
}

impl AdmittedCall {
    /// Checks a call, and separates it from its body.
    pub(super) fn admit<B>(request: ProxyRequest<B>) -> Result<(Self, Option<B>), CallRefusal> {
        if headers::value(&request.headers, HOP_HEADER).is_some() {
            return Err(CallRefusal::Loop);
        }
        let bytes: usize = request.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        if bytes > HEADER_BYTES {
            return Err(CallRefusal::TooLong);
        }
        let key = presented_key::read(&request.headers, request.target.query.as_deref())?;
        let method = METHODS.into_iter().find(|method| *method == request.method).ok_or(CallRefusal::Method)?;
        let path = path::admit(&request.target.path).map_err(CallRefusal::Path)?;
        let family = families::check(&path, is_safe(method)).map_err(CallRefusal::Family)?;
        request.target.query.as_deref().map_or(Ok(()), query::admit).map_err(|refused| match refused {
            QueryRefused::TooLarge => CallRefusal::TooLong,
            QueryRefused::Character => CallRefusal::Query,
            QueryRefused::SignIn => CallRefusal::SignInQuery,
        })?;
        let length = content_length(&request.headers)?;
        let body = request.body.filter(|_| has_body(method) && length != Some(0));
        let base_path = request.target.address.base_path();
        let connection = reference(request.target.address, &request.headers)?;
        let call = Self {
            caller: CallIdentity { organization: key.claim.organization().clone(), key, connection },
            method,
            pattern: pattern(&request.target.path),
            path,
            family,
            is_form: body.is_some() && headers::value(&request.headers, "content-type").is_some_and(is_form),
            path_and_query: match request.target.query {
                Some(query) => format!("{}?{query}", request.target.path),
                None => request.target.path,
            },
            base_path,
            headers: headers::up(&request.headers, method, &request.request_id),
            request_id: request.request_id,
            length,
            budget: RetryBudget::default(),
        };
        Ok((call, body))
    }

    /// Checks what depends on the connection: whether its managers added the API family of the call, and whether Jira
    /// may find a sign-in in the body.
    pub(super) fn check_for(&self, granted: &GrantedAccess) -> Result<(), CallRefusal> {
        if self.family == FamilyCheck::MustBeAdded && !families::is_added(&self.path, &granted.families) {
            return Err(CallRefusal::FamilyNotAdded(families::to_add(&self.path)));
        }
        // Data Center takes os_username and os_password from a form as it does from the query. Cloud does not, and
        // answers that it takes no forms.
        if self.is_form && matches!(granted.target, JiraTarget::Direct { .. }) {
            return Err(CallRefusal::Form);
        }
        Ok(())
    }

    /// Whether the body is kept when it is sent, in order to be sent again.
    pub(super) fn keeps_body(&self) -> bool {
        self.length.is_some_and(|length| length <= KEPT_BYTES)
    }

    /// Whether the call is safe to send twice. `PUT` and `DELETE` are idempotent (RFC 9110), but a second one may undo
    /// what somebody else did after the first.
    pub(super) fn is_safe(&self) -> bool {
        is_safe(self.method)
    }
}

/// Whether a method only reads (RFC 9110, section 9.2.1).
fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS")
}

/// Whether a body is passed on with the method.
fn has_body(method: &str) -> bool {
    !matches!(method, "GET" | "HEAD")
}

fn is_form(content_type: &str) -> bool {
    const FORM: &str = "application/x-www-form-urlencoded";
    content_type.trim_start().get(..FORM.len()).is_some_and(|start| start.eq_ignore_ascii_case(FORM))
}

/// What the call says about its connection. What cannot name one is found no more than one that does not exist.
fn reference(address: CallAddress, headers: &[(String, String)]) -> Result<ConnectionReference, CallRefusal> {
    let chosen = || {
        let chosen = headers::value(headers, CONNECTION_HEADER).map(|id| ConnectionId::parse(id.trim()));
        chosen.transpose().map_err(|_| CallRefusal::NotFound)
    };
    let site = match address {
        CallAddress::Connection(id) => {
            return ConnectionId::parse(id).map(ConnectionReference::Id).map_err(|_| CallRefusal::NotFound);
        }
        CallAddress::Gateway(cloud_id) => SiteReference::of_cloud_id(cloud_id),
        CallAddress::Instance(path) if path.ends_with('/') || path.contains("//") => {
            return Err(CallRefusal::Path(PathRefused::EmptySegment));
        }
        CallAddress::Instance(path) => SiteReference::of_context_path(path),
    };
    Ok(ConnectionReference::Site { site: site.ok_or(CallRefusal::SiteNotFound)?, chosen: chosen()? })
}

fn content_length(headers: &[(String, String)]) -> Result<Option<u64>, CallRefusal> {
    let Some(length) = headers::value(headers, "content-length") else { return Ok(None) };
    let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    match length.parse::<u64>() {
        _ if !digits => Err(CallRefusal::ContentLength),
        Ok(length) if length <= BODY_BYTES => Ok(Some(length)),
        _ => Err(CallRefusal::BodyTooLarge),
    }
}

/// The path with `*` for segments that contain a digit, after the version: they probably identify one thing among many.
/// Burst limits apply to such patterns.
fn pattern(path: &str) -> String {
    let mut pattern = String::with_capacity(path.len());
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            pattern.push('/');
        }
        let is_instance = index > 2 && segment.bytes().any(|byte| byte.is_ascii_digit());
        pattern.push_str(if is_instance { "*" } else { segment });
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxy::fakes::call;

    fn admitted(change: impl FnOnce(&mut ProxyRequest<()>)) -> Result<AdmittedCall, CallRefusal> {
        let mut request = call("GET", "rest/api/3/myself");
        change(&mut request);
        AdmittedCall::admit(request).map(|(call, _)| call)
    }

    fn with(name: &str, value: impl Into<String>) -> Result<AdmittedCall, CallRefusal> {
        let header = (name.to_owned(), value.into());
        admitted(|request| request.headers.push(header))
    }

    #[test]
    fn a_call_of_our_own_is_refused_before_anything_else() {
        let looped = admitted(|call| call.headers = vec![("Causeway-Hop".to_owned(), "anything".to_owned())]);
        assert_eq!(looped.err(), Some(CallRefusal::Loop));
    }

    #[test]
    fn methods_that_are_not_jiras_are_refused() {
        for method in ["FOO", "TRACE", "CONNECT", "get", "", "GET\r\n", "PROPFIND"] {
            assert_eq!(admitted(|call| call.method = method.to_owned()).err(), Some(CallRefusal::Method), "{method:?}");
        }
    }

    #[test]
    fn a_call_is_bounded() {
        assert_eq!(with("x", "a".repeat(64 * 1024)).err(), Some(CallRefusal::TooLong));
        assert_eq!(with("content-length", (BODY_BYTES + 1).to_string()).err(), Some(CallRefusal::BodyTooLarge));
        assert_eq!(with("content-length", "9".repeat(40)).err(), Some(CallRefusal::BodyTooLarge));
        for odd in ["", "-1", "+1", "1e3", "1, 1", "0x10"] {
            assert_eq!(with("content-length", odd).err(), Some(CallRefusal::ContentLength), "{odd}");
        }
        let parameters = vec!["a=1"; 1000].join("&");
        assert_eq!(admitted(|call| call.target.query = Some(parameters)).err(), Some(CallRefusal::TooLong));
    }

    #[test]
    fn only_a_small_body_of_known_length_is_kept() {
        assert_eq!(with("content-length", "1048576").map(|call| call.keeps_body()), Ok(true));
        assert_eq!(with("content-length", "1048577").map(|call| call.keeps_body()), Ok(false));
        assert_eq!(admitted(|_| ()).map(|call| call.keeps_body()), Ok(false));
    }

    #[test]
    fn what_cannot_be_a_connection_is_found_no_more_than_an_unknown_one() {
        for id in ["x", "", "grt_1", "con_%61", "con_1@evil"] {
            let found = admitted(|call| call.target.address = CallAddress::Connection(id.to_owned()));
            assert_eq!(found.err(), Some(CallRefusal::NotFound), "{id}");
        }
        for address in [CallAddress::Gateway("a%2fb".into()), CallAddress::Instance("/a;b".into())] {
            assert_eq!(admitted(|call| call.target.address = address).err(), Some(CallRefusal::SiteNotFound));
        }
        let doubled = admitted(|call| call.target.address = CallAddress::Instance("/".into()));
        assert_eq!(doubled.err(), Some(CallRefusal::Path(PathRefused::EmptySegment)));
    }

    #[test]
    fn a_pattern_is_the_same_for_all_things_of_a_kind() {
        assert_eq!(pattern("rest/api/3/issue/ABC-1/comment/1001"), "rest/api/3/issue/*/comment/*");
        assert_eq!(pattern("rest/agile/1.0/board/7"), "rest/agile/1.0/board/*");
    }
}
