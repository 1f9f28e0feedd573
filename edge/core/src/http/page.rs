//! The few pages that the edge writes itself, for a browser that navigates outside the app.

use api::{Problem, ProblemCode};
use axum::{
    Extension,
    response::{Html, IntoResponse as _, Response},
};
use http::StatusCode;

/// The content of a page.
pub(super) struct Page<'a> {
    /// The heading, and the title.
    pub(super) title: &'a str,
    /// What happened.
    pub(super) message: &'a str,
    /// What to do.
    pub(super) remedy: &'a str,
    /// The problem's code, shown under *Details*; the page links to its help.
    pub(super) code: Option<ProblemCode>,
    /// The request's id, shown under *Details*.
    pub(super) request: Option<&'a str>,
    /// The link to continue with: its label and a path of ours.
    pub(super) next: Option<(&'a str, &'a str)>,
    /// Where the operator can be reached: an `https` or `mailto` address.
    pub(super) support: Option<&'a str>,
    /// Whether the window closes by itself, as far as the browser lets it.
    pub(super) closes: bool,
}

/// Marks a response as a page of ours, which loads [`ADDRESS_SCRIPT`].
#[derive(Clone, Copy)]
pub(super) struct IsPage;

/// The only script of these pages: it takes the query, which may hold a code and a state, out of the address bar, and closes
/// windows that have nothing more to show.
const ADDRESS_SCRIPT: &str = "/address.js";

/// Writes a page. Every text is escaped.
pub(super) fn write(status: StatusCode, page: &Page<'_>) -> Response {
    let title = escape(page.title);
    let next = page
        .next
        .map(|(label, path)| format!(r#"<p><a class="button" href="{}">{}</a></p>"#, escape(path), escape(label)));
    let row = |(label, text): &(&str, &str)| format!("<dt>{}</dt><dd>{}</dd>", escape(label), escape(text));
    let code = page.code.as_ref().map(|code| ("Code", code.as_str()));
    let rows = [code, page.request.map(|id| ("Request", id))].iter().flatten().map(row).collect::<Vec<_>>().concat();
    let support = page.support.map(contact).unwrap_or_default();
    let help = page.code.map(|code| format!(r#" <a href="{}">Learn more</a>"#, code.help_path()));
    let details = if rows.is_empty() {
        String::new()
    } else {
        format!(r#"<details class="details"><summary>Details</summary><dl>{rows}</dl></details>"#)
    };
    let html = format!(
        r#"<!doctype html><html lang="en" data-color-mode="auto"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title} · Causeway</title><link rel="stylesheet" href="/causeway.css"><script src="{ADDRESS_SCRIPT}"></script></head><body><main class="page"{closes}><h1>{title}</h1><p>{message}</p><p>{remedy}{help}</p>{next}{support}{details}</main></body></html>"#,
        closes = if page.closes { " data-closes" } else { "" },
        message = escape(page.message),
        remedy = escape(page.remedy),
        help = help.unwrap_or_default(),
        next = next.unwrap_or_default(),
    );
    (status, Extension(IsPage), Html(html)).into_response()
}

/// The link to the app.
pub(super) const HOME: (&str, &str) = ("Go to Causeway", "/");

/// A problem as a page.
pub(super) fn problem(problem: &Problem) -> Response {
    problem_with(problem, HOME, None)
}

/// A problem as a page that continues at `next`.
pub(super) fn problem_with(problem: &Problem, next: (&str, &str), support: Option<&str>) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let page = Page {
        title: &problem.title,
        message: &problem.detail,
        remedy: &problem.remedy,
        code: Some(problem.code),
        request: Some(&problem.request_id),
        next: Some(next),
        support,
        closes: false,
    };
    write(status, &page)
}

/// How to reach the operator.
fn contact(address: &str) -> String {
    let shown = address.strip_prefix("mailto:").unwrap_or(address);
    format!(r#"<p>The operator of Causeway: <a href="{}">{}</a></p>"#, escape(address), escape(shown))
}

pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn markup_from_outside_stays_text() {
        assert_eq!(escape(r#"<script a="b">'&"#), "&lt;script a=&quot;b&quot;&gt;&#39;&amp;");
    }

    #[test]
    fn a_page_about_a_problem_leads_to_its_help() {
        let page = Page {
            title: "Unauthorized",
            message: "",
            remedy: "Close this window.",
            code: Some(ProblemCode::CallbackRefused),
            request: None,
            next: None,
            support: Some("mailto:help@example.com"),
            closes: false,
        };
        let answer = write(StatusCode::BAD_REQUEST, &page);
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).now_or_never().expect("it is there");
        let html = String::from_utf8(body.expect("it can be read").to_vec()).expect("it is text");
        assert!(
            html.contains(r#"Close this window. <a href="/help/problems/#callback_refused">Learn more</a>"#),
            "{html}"
        );
        assert!(html.contains(r#"<a href="mailto:help@example.com">help@example.com</a>"#), "{html}");
        assert!(html.contains(r#"<script src="/address.js"></script>"#), "{html}");
    }
}
