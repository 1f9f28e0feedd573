//! A running Data Center instance and its clients.

use atlassian::{DataCenter, Instance, Person};
use reqwest::{RequestBuilder, Response};

use crate::asking::{Asking, a_model};

pub(crate) struct Company {
    pub(crate) asking: Asking,
    pub(crate) jira: DataCenter,
}

/// Quarry Works: version 10, with a context path.
pub(crate) async fn quarry() -> Company {
    company(Instance::Quarry).await
}

pub(crate) async fn company(instance: Instance) -> Company {
    let asking = a_model().await;
    let jira = asking.model.data_center(instance);
    Company { asking, jira }
}

impl Company {
    /// An address of the instance.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.jira.base_url())
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.asking.http.get(self.url(path))
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.asking.http.post(self.url(path))
    }

    /// `rest/api/2/{path}` with a user name and a password.
    pub(crate) async fn with_password(&self, path: &str, person: Person, password: &str) -> Response {
        let request = self.get(&format!("/rest/api/2/{path}"));
        request.basic_auth(person.slug(), Some(password)).send().await.unwrap()
    }

    /// `rest/api/2/{path}` with a token.
    pub(crate) async fn with_token(&self, path: &str, token: &str) -> Response {
        self.get(&format!("/rest/api/2/{path}")).bearer_auth(token).send().await.unwrap()
    }

    /// Logs somebody in on the log-in page; the cookie, or none if the page is shown again.
    pub(crate) async fn log_in(&self, person: Person, password: &str, captcha: &str) -> Option<String> {
        let form = [("os_username", person.slug()), ("os_password", password), ("os_captcha", captcha)];
        let response = self.post("/login.jsp").form(&form).send().await.unwrap();
        let set = response.headers().get("set-cookie")?.to_str().unwrap();
        Some(set.split(';').next().unwrap().to_owned())
    }

    /// A browser in which that person is logged in: its cookie.
    pub(crate) async fn browser(&self, person: Person) -> String {
        let password = self.jira.password_of(person).unwrap();
        self.log_in(person, &password, "").await.expect("the password is right")
    }
}

pub(crate) fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}
