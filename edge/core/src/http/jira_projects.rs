//! The projects of Jira: those that a connection can use, to choose from, and whether one that a workspace's project names
//! can be used. Jira is asked here, as the account of the connection.

use api::{
    CheckProjects, CreateProject, EditProject, JiraProject, JiraProjectCheck, JiraProjectState, JiraProjects, List,
    ListJiraProjects, ListProjects, ProblemCode, Project,
};
use http::{Response, StatusCode};
use serde::Deserialize;
use url::form_urlencoded;

use crate::{
    atlassian::{is_allow_list, is_scope_mismatch},
    grant::AccessToken,
    http::{
        Edge, Platform,
        failure::RequestFailure,
        routing::{EndpointRequest, NOTHING, Reply, finished},
    },
    jira::{self, CallFailed, Denial, ObservedResponse},
    organization::{
        Call, CheckedProject, JiraAccess, ProjectToCheck, RecordProjectChecks, Refusal, RequestCheckup, SavedProject,
    },
    ports::{HttpFailure, HttpLimits, Level},
};

/// The most projects that are listed: a page of Jira Cloud.
const LISTED: usize = 50;

finished! {
    ListJiraProjects => list;
    CreateProject => check_created;
    EditProject => check_edited;
    CheckProjects => check;
}

/// The fields of a project that are used, as Jira writes them.
#[derive(Deserialize)]
struct ProjectOfJira {
    key: String,
    name: String,
}

/// A page of `project/search` of Jira Cloud.
#[derive(Deserialize)]
struct SearchPage {
    values: Vec<ProjectOfJira>,
    #[serde(default, rename = "isLast")]
    is_last: bool,
}

/// What Jira writes instead of what was asked for.
#[derive(Deserialize)]
struct JiraErrors {
    #[serde(rename = "errorMessages")]
    _messages: Vec<String>,
}

/// Lists the projects that match. Jira Cloud searches by itself; Data Center lists all, and they are searched here.
async fn list<P: Platform>(
    request: EndpointRequest<P, ListJiraProjects>,
    access: JiraAccess,
) -> Result<Reply<JiraProjects>, RequestFailure> {
    let (edge, wanted) = (&request.edge, request.call.request.q.clone().unwrap_or_default());
    let wanted = wanted.trim();
    let token = edge.credential_of(&access.grant).await?;
    let path = if access.is_cloud { search_path(wanted) } else { "/rest/api/2/project".to_owned() };
    let answer = edge.ask_jira(&access, &token, &path).await?;
    if answer.status() != StatusCode::OK {
        return Err(not_answered("Jira does not list its projects."));
    }
    let found = if access.is_cloud { read_page(&answer) } else { read_all(&answer, wanted) };
    found.map(Reply::from).ok_or_else(|| not_answered("What answered is no list of Jira projects."))
}

fn search_path(wanted: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("maxResults", &LISTED.to_string()).append_pair("orderBy", "name");
    if !wanted.is_empty() {
        query.append_pair("query", wanted);
    }
    format!("/rest/api/3/project/search?{}", query.finish())
}

fn read_page(answer: &Response<Vec<u8>>) -> Option<JiraProjects> {
    let page: SearchPage = serde_json::from_slice(answer.body()).ok()?;
    Some(JiraProjects { items: page.values.into_iter().map(ProjectOfJira::shown).collect(), more: !page.is_last })
}

fn read_all(answer: &Response<Vec<u8>>, wanted: &str) -> Option<JiraProjects> {
    let all: Vec<ProjectOfJira> = serde_json::from_slice(answer.body()).ok()?;
    let wanted = wanted.to_lowercase();
    let matches = |text: &str| text.to_lowercase().contains(&wanted);
    let mut found: Vec<_> = all.into_iter().filter(|one| matches(&one.key) || matches(&one.name)).collect();
    found.sort_by_cached_key(|one| one.name.to_lowercase());
    let more = found.len() > LISTED;
    found.truncate(LISTED);
    Some(JiraProjects { items: found.into_iter().map(ProjectOfJira::shown).collect(), more })
}

impl ProjectOfJira {
    fn shown(self) -> JiraProject {
        JiraProject { key: self.key, name: self.name }
    }
}

async fn check_created<P: Platform>(
    request: EndpointRequest<P, CreateProject>,
    saved: SavedProject,
) -> Result<Reply<Project>, RequestFailure> {
    Ok(request.edge.check_saved(saved).await.into())
}

async fn check_edited<P: Platform>(
    request: EndpointRequest<P, EditProject>,
    saved: SavedProject,
) -> Result<Reply<Project>, RequestFailure> {
    Ok(request.edge.check_saved(saved).await.into())
}

/// Asks Jira for the Jira projects of a workspace, then answers every project of it.
async fn check<P: Platform>(
    request: EndpointRequest<P, CheckProjects>,
    asked: Vec<ProjectToCheck>,
) -> Result<Reply<List<Project>>, RequestFailure> {
    request.edge.check_projects(asked).await;
    let list = Call::<ListProjects>::new(request.call.params.clone(), NOTHING);
    Ok(request.relay(&list).await?)
}

impl<P: Platform> Edge<P> {
    /// Asks Jira for the Jira project of a project that was just saved. Whatever Jira says, the project is saved.
    async fn check_saved(&self, SavedProject { mut project, check }: SavedProject) -> Project {
        if let Some(asked) = check {
            project.jira_check = self.check_projects(vec![asked]).await.into_iter().next().map(|checked| checked.check);
        }
        project
    }

    /// Asks Jira for each of these, and records what it said. A connection through which Jira does not answer is not asked
    /// again: the rest of its projects would wait for the same.
    async fn check_projects(&self, asked: Vec<ProjectToCheck>) -> Vec<CheckedProject> {
        let mut silent = Vec::new();
        let mut checked = Vec::new();
        for one in asked {
            if silent.contains(&one.access.grant) {
                continue;
            }
            let check = self.check_project(&one).await;
            if check.state == JiraProjectState::NotAnswered {
                silent.push(one.access.grant.clone());
            }
            checked.push(CheckedProject { asked: one, check });
        }
        if !checked.is_empty()
            && let Err(refusal) = self.send(&RecordProjectChecks { checked: checked.clone() }).await
        {
            let cause = format!("{refusal:?}");
            self.platform.log(Level::Warning, "project.check_not_recorded", &[("cause", &cause)]);
        }
        checked
    }

    async fn check_project(&self, asked: &ProjectToCheck) -> JiraProjectCheck {
        let found = self.find_jira_project(asked).await;
        let at = self.platform.now();
        let said = |state, name, why| JiraProjectCheck { state, name, why, at };
        match found {
            Ok(Some(project)) => said(JiraProjectState::Found, Some(project.name), None),
            Ok(None) => said(JiraProjectState::NotFound, None, None),
            Err(failure) => said(JiraProjectState::NotAnswered, None, Some(failure.detail)),
        }
    }

    /// The Jira project with this key; `None` if Jira shows none to this account.
    async fn find_jira_project(&self, asked: &ProjectToCheck) -> Result<Option<ProjectOfJira>, RequestFailure> {
        let token = self.credential_of(&asked.access.grant).await?;
        let version = if asked.access.is_cloud { 3 } else { 2 };
        // A key has only letters, digits and underscores: it was checked when it was saved.
        let path = format!("/rest/api/{version}/project/{}", asked.key);
        let answer = self.ask_jira(&asked.access, &token, &path).await?;
        let foreign = || not_answered("What answered does not write as Jira does.");
        if answer.status() == StatusCode::NOT_FOUND {
            let is_jiras = serde_json::from_slice::<JiraErrors>(answer.body()).is_ok();
            return if is_jiras { Ok(None) } else { Err(foreign()) };
        }
        serde_json::from_slice(answer.body()).map(Some).map_err(|_| foreign())
    }

    /// Asks Jira, as the account of a connection. Answers what is 200 or 404; everything else is told as a problem.
    async fn ask_jira(
        &self,
        access: &JiraAccess,
        token: &AccessToken,
        path: &str,
    ) -> Result<Response<Vec<u8>>, RequestFailure> {
        let (world, configuration) = (&*self.platform, &self.configuration);
        let (target, credential, limits) = (&access.target, Some(&token.credential), HttpLimits::WHOLE_LIST);
        let answer = jira::get_within(world, configuration, target, path, credential, limits).await;
        let answer = answer.map_err(call_failed)?;
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers: Vec<_> =
            answer.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let seen = ObservedResponse { status: answer.status().as_u16(), headers: &headers, body: answer.body() };
        let url = target.url(configuration.api_url(), configuration.address_policy(), path).unwrap_or_default();
        let is_denied = Denial::read(&seen, &token.credential, &url, world.now()).is_some();
        let judged = if is_denied { Err(credential_refused()) } else { judge(answer) };
        if judged.as_ref().is_err_and(|failure| failure.code == ProblemCode::CredentialRefused) {
            // Only a checkup can tell why, and whether the connection still works.
            self.send(&RequestCheckup { connection: access.connection.clone() }).await?;
        }
        judged
    }
}

fn judge(answer: Response<Vec<u8>>) -> Result<Response<Vec<u8>>, RequestFailure> {
    match answer.status() {
        StatusCode::OK | StatusCode::NOT_FOUND => Ok(answer),
        _ if is_allow_list(answer.body()) => {
            Err(RequestFailure::new(ProblemCode::IpAllowList, "The site's IP allowlist refuses calls from Causeway."))
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if is_scope_mismatch(answer.body()) => {
            let detail = "The connection may not read projects: it lacks the scope for that.";
            Err(RequestFailure::new(ProblemCode::ScopeMissing, detail))
        }
        StatusCode::UNAUTHORIZED => Err(credential_refused()),
        StatusCode::TOO_MANY_REQUESTS => Err(not_answered("Jira limits the calls of this connection just now.")),
        status if status.is_redirection() => Err(not_answered("Jira redirects calls to another address.")),
        status => Err(not_answered(&format!("Jira answers {} instead of its projects.", status.as_u16()))),
    }
}

fn credential_refused() -> RequestFailure {
    RequestFailure::new(ProblemCode::CredentialRefused, "Jira refuses the credential of this connection.")
}

fn not_answered(detail: &str) -> RequestFailure {
    RequestFailure::new(ProblemCode::UpstreamUnreachable, detail)
}

fn call_failed(why: CallFailed) -> RequestFailure {
    match why {
        CallFailed::Closed(refused) => {
            let detail = "The address of this connection's Jira may not be called any more.";
            RequestFailure::new(ProblemCode::AddressRefused, detail).with_cause(format!("{refused:?}"))
        }
        CallFailed::NotSigned(why) => Refusal::Internal(format!("a call could not be signed: {why:?}")).into(),
        CallFailed::Failed(HttpFailure::Timeout) => not_answered("Jira did not answer within ten seconds."),
        CallFailed::Failed(HttpFailure::TooLarge) => not_answered("This Jira has too many projects to list them here."),
        CallFailed::Failed(HttpFailure::Broken(why)) => not_answered("Jira cannot be reached.").with_cause(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Response<Vec<u8>> {
        Response::builder().status(status).body(body.as_bytes().to_vec()).expect("a response")
    }

    #[test]
    fn what_is_searched_for_is_text_and_never_another_parameter() {
        let path = search_path("a&maxResults=9 ü");
        assert_eq!(path, "/rest/api/3/project/search?maxResults=50&orderBy=name&query=a%26maxResults%3D9+%C3%BC");
        assert_eq!(search_path(""), "/rest/api/3/project/search?maxResults=50&orderBy=name");
    }

    #[test]
    fn a_data_centers_projects_are_searched_by_key_and_name_and_cut_at_fifty() {
        let all: Vec<_> =
            (0..60).map(|n| serde_json::json!({"key": format!("K{n}"), "name": format!("Shop {n}")})).collect();
        let all = answer(200, &serde_json::to_string(&all).expect("JSON"));
        let every = read_all(&all, "").expect("a list");
        assert_eq!((every.items.len(), every.more), (50, true));
        for wanted in ["k59", "shop 59", "SHOP 59"] {
            let one = read_all(&all, wanted).expect("a list");
            assert_eq!((one.items.len(), one.items[0].key.as_str(), one.more), (1, "K59", false), "{wanted}");
        }
        assert_eq!(read_all(&answer(200, "<html>"), ""), None);
    }

    #[test]
    fn an_answer_that_says_nothing_about_projects_is_a_problem_with_its_reason() {
        let code = |status, body: &str| judge(answer(status, body)).map_err(|failure| failure.code).err();
        assert_eq!(code(200, ""), None);
        assert_eq!(code(404, ""), None);
        assert_eq!(code(401, ""), Some(ProblemCode::CredentialRefused));
        for (status, words) in [(302, "redirects"), (429, "limits"), (503, "503")] {
            let failure = judge(answer(status, "")).expect_err("a problem");
            assert_eq!(failure.code, ProblemCode::UpstreamUnreachable);
            assert!(failure.detail.contains(words), "{}", failure.detail);
        }
    }
}
