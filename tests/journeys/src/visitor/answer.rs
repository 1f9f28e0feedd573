//! A response.

use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use url::Url;

/// A response with its whole body.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The address that was asked.
    pub url: Url,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as text.
    pub body: String,
}

impl Answer {
    pub(super) async fn of(response: reqwest::Response) -> Self {
        let (url, status) = (response.url().clone(), response.status().as_u16());
        let headers = response.headers().clone();
        let body = response.text().await.unwrap_or_else(|error| format!("[the body was cut short: {error}]"));
        Self { url, status, headers, body }
    }

    /// A header, as text; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where it sends the browser.
    ///
    /// # Panics
    /// If it does not.
    pub fn location(&self) -> Url {
        let location = self.header("location");
        assert!((300..400).contains(&self.status) && !location.is_empty(), "not a redirect: {self:?}");
        self.url.join(location).expect("an address")
    }

    /// The body as the contract says it is.
    ///
    /// # Panics
    /// If it is not.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}: {}", self.status, self.body))
    }

    /// The code of the problem that this is; nothing if it is none.
    pub fn problem(&self) -> Option<api::ProblemCode> {
        serde_json::from_str::<api::Problem>(&self.body).ok().map(|problem| problem.code)
    }

    /// Checks the status.
    ///
    /// # Panics
    /// If it is another.
    #[expect(clippy::return_self_not_must_use, reason = "often the status is all that is asked about")]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} answered {}", self.url.path(), self.body);
        self
    }

    /// The address and the fields that the page's only form submits with these `choices`.
    ///
    /// # Panics
    /// If there is no form.
    pub fn form(&self, choices: &[(&str, &str)]) -> (Url, Vec<(String, String)>) {
        let form = self.body.split_once("<form").unwrap_or_else(|| panic!("no form in {}", self.body)).1;
        let action = attribute(form, "action").expect("the form says where it goes");
        let inputs = form.split("<input").skip(1).filter(|input| attribute(input, "type").as_deref() == Some("hidden"));
        let hidden = inputs.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)));
        let chosen = choices.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        (self.url.join(&action).expect("an address"), hidden.chain(chosen).collect())
    }
}

/// The value of the attribute `name` in the tag that `text` begins with.
fn attribute(text: &str, name: &str) -> Option<String> {
    let tag = text.split_once('>')?.0;
    let value = tag.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0;
    Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_sends_what_is_hidden_in_it_and_what_was_chosen() {
        let answer = Answer {
            url: Url::parse("http://a/b").expect("an address"),
            status: 200,
            headers: HeaderMap::new(),
            body: r#"<form method="post" action="/c"><input type="hidden" name="q" value="x&amp;y"><input name="z">"#
                .into(),
        };
        let (url, fields) = answer.form(&[("person", "ada")]);
        assert_eq!(url.as_str(), "http://a/c");
        assert_eq!(fields, [("q".into(), "x&y".into()), ("person".into(), "ada".into())]);
    }
}
