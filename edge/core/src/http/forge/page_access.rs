//! Asks Confluence, as the reader, whether the reader may read the page that the platform vouches for.
//!
//! The platform sends a token of the reader's with what the app asks of its remote: it is used for this one call, and never
//! logged, stored or handed on. What Confluence said is remembered for a minute, for that reader and that page.

use std::{cell::RefCell, collections::VecDeque};

use api::Timestamp;
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde::Deserialize;

use crate::{
    forge::{View, VouchedPage},
    grant::Token,
    http::{Edge, Platform},
    organization::PageAccess,
    ports::{HttpLimits, Level},
};

/// The header in which the platform sends a token that acts as the reader.
/// Source: Atlassian, *The remote contract* of Forge remotes.
const READERS_TOKEN: &str = "x-forge-oauth-user";
/// How long what Confluence said is remembered, in milliseconds: a minute.
const REMEMBERED: i64 = 60_000;
/// The most readers and pages that are remembered.
const MOST: usize = 512;

/// What Confluence said, the newest last.
#[derive(Default)]
pub(in crate::http) struct PagesRead(RefCell<VecDeque<(String, Timestamp, PageAccess)>>);

impl PagesRead {
    fn known(&self, key: &str, now: Timestamp) -> Option<PageAccess> {
        let known = self.0.borrow();
        let is_fresh = |at: Timestamp| (0..REMEMBERED).contains(&now.since(at));
        known.iter().find(|(one, at, _)| one == key && is_fresh(*at)).map(|(.., access)| *access)
    }

    fn remember(&self, key: String, now: Timestamp, access: PageAccess) {
        let mut known = self.0.borrow_mut();
        known.retain(|(one, ..)| *one != key);
        known.push_back((key, now, access));
        while known.len() > MOST {
            known.pop_front();
        }
    }
}

#[derive(Deserialize)]
struct PageOfConfluence {
    id: String,
}

/// Who looks at which page.
fn key(view: &View, page: &VouchedPage<'_>) -> Option<String> {
    view.account.as_ref().map(|account| format!("{} {account}", page.path()))
}

impl<P: Platform> Edge<P> {
    /// What is known of the page, without asking.
    pub(super) fn known_page_access(&self, view: &View) -> PageAccess {
        let key = view.place.page().and_then(|page| key(view, &page));
        let known = key.and_then(|key| self.isolate.pages_read.known(&key, self.platform.now()));
        known.unwrap_or(PageAccess::Unasked)
    }

    /// Asks Confluence as the reader.
    ///
    /// 1. Without a token of the reader's nobody is asked. 2. The page itself is the answer; that there is none for the reader
    ///    is one, too. 3. Everything else is none: a token that was refused, a limit, silence.
    pub(super) async fn ask_page(&self, view: &View, headers: &HeaderMap) -> PageAccess {
        let Some(page) = view.place.page() else { return PageAccess::Hidden };
        let token = headers.get(READERS_TOKEN).and_then(|value| value.to_str().ok());
        let (Some(token), Some(key)) = (token.and_then(Token::parse), key(view, &page)) else {
            self.platform.log(
                Level::Warning,
                "forge.page_not_asked",
                &[("cause", "there is no token of the reader's")],
            );
            return PageAccess::Unknown;
        };
        let access = self.page_as(&page, &token).await.unwrap_or_else(|cause| {
            self.platform.log(Level::Warning, "forge.page_not_asked", &[("cause", &cause)]);
            PageAccess::Unknown
        });
        if access != PageAccess::Unknown {
            self.isolate.pages_read.remember(key, self.platform.now(), access);
        }
        access
    }

    async fn page_as(&self, page: &VouchedPage<'_>, token: &Token) -> Result<PageAccess, String> {
        let url = format!("{}{}", self.configuration.api_url(), page.path());
        let request = Request::builder().method(Method::GET).uri(url).header(header::ACCEPT, "application/json");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", token.expose()));
        let request = request.body(Vec::new()).map_err(|error| error.to_string())?;
        let answer = self.platform.send(request, HttpLimits::RESOURCE).await;
        let answer = answer.map_err(|failure| format!("{failure:?}"))?;
        match answer.status() {
            StatusCode::OK => {
                let found: PageOfConfluence =
                    serde_json::from_slice(answer.body()).map_err(|_| "it does not write as Confluence does")?;
                if found.id == page.id() { Ok(PageAccess::Readable) } else { Err("it is another page".to_owned()) }
            }
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Ok(PageAccess::Hidden),
            status => Err(format!("Confluence answers {}", status.as_u16())),
        }
    }
}
