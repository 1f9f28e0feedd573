//! The page of an embed, for a frame in somebody else's page. It has no script but its own file, reads and sets no cookie,
//! and may be framed by the origins of its embed alone.

use api::{EmbedId, EmbedKind};
use axum::{
    Extension,
    response::{Html, IntoResponse as _, Response},
};
use http::StatusCode;

use crate::{
    configuration::Origin,
    http::{middleware::ContentPolicy, page::escape},
    organization::EmbedFrame,
};

/// The colours of a page or a picture, as its address asks for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colours {
    /// Those that the reader's system prefers.
    Preferred,
    Light,
    Dark,
}

impl Colours {
    /// Reads the query `theme`.
    pub(super) fn read(query: Option<&str>) -> Self {
        let named = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let theme = named.into_iter().find(|(name, _)| name == "theme").map(|(_, value)| value.into_owned());
        match theme.as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::Preferred,
        }
    }

    const fn attribute(self) -> &'static str {
        match self {
            Self::Preferred => "",
            Self::Light => r#" data-color-mode="light""#,
            Self::Dark => r#" data-color-mode="dark""#,
        }
    }
}

/// The policy of the page: its own files, its own requests, and frames in pages of these origins.
fn policy(origins: &[String]) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors {}",
        origins.join(" ")
    )
}

/// Writes the page. Every text is escaped.
pub(super) fn write(id: &EmbedId, frame: &EmbedFrame, colours: Colours, own: &Origin) -> Response {
    let title = escape(frame.title.as_deref().unwrap_or("Chart"));
    let address = own.at(&format!("/embed/{id}"));
    let encoded: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
    let is_published = frame.kind == EmbedKind::Published;
    let discovery = if is_published {
        let oembed = escape(&own.at(&format!("/oembed?format=json&url={encoded}")));
        format!(r#"<link rel="alternate" type="application/json+oembed" href="{oembed}" title="{title}">"#)
    } else {
        String::new()
    };
    let picture = if is_published { format!(r#"<img src="/embed/{id}.svg" alt="{title}">"#) } else { String::new() };
    let html = format!(
        r#"<!doctype html><html lang="en-GB"{colours}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>{discovery}<link rel="stylesheet" href="/embed.css"><script src="/embed.js" defer></script></head><body><main id="root" data-embed="{id}" data-kind="{kind}" data-origins="{origins}"><p class="loading" role="status">Loading the chart…</p></main><noscript>{picture}<p>This chart needs JavaScript.</p></noscript></body></html>"#,
        colours = colours.attribute(),
        kind = escape(frame.kind.as_str()),
        origins = escape(&frame.origins.join(" ")),
    );
    let policy = ContentPolicy::framed(policy(&frame.origins));
    (StatusCode::OK, Extension(policy), Html(html)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_that_is_no_theme_is_the_readers_own() {
        for (query, colours) in [
            (None, Colours::Preferred),
            (Some("theme=dark"), Colours::Dark),
            (Some("a=b&theme=light"), Colours::Light),
            (Some("theme=DARK"), Colours::Preferred),
            (Some("theme=%22%3E"), Colours::Preferred),
        ] {
            assert_eq!(Colours::read(query), colours, "{query:?}");
        }
    }

    #[test]
    fn exactly_the_origins_of_the_embed_may_frame_it() {
        let policy = policy(&["https://a.example".to_owned(), "https://b.example:8443".to_owned()]);
        assert!(policy.ends_with("; frame-ancestors https://a.example https://b.example:8443"), "{policy}");
    }
}
