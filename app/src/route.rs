//! The addresses of the app's screens. Used instead of Leptos's router, which is too large for the first load: see
//! `app/SIZES.md`.

use api::{AuthorizationId, ChartId, ConnectionId, DelegationId, ProjectId, ResyncId, WebhookId, WorkspaceId};

/// A tab of *Manage connection*. Each has its own address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    /// Status and checkup.
    Overview,
    /// Name and authorization.
    Setup,
    /// Workspaces and connection admins.
    Access,
    /// The timeline.
    Activity,
}

/// A tab of a workspace. Each has its own address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WorkspaceTab {
    /// The projects, and the status of the connection of each.
    Projects,
    /// The members.
    Members,
}

/// A tab of a project. Each has its own address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProjectTab {
    /// The tasks, and their issues in Jira.
    Tasks,
    /// How tasks become issues.
    Mapping,
    /// Comparing many tasks with their issues.
    Resync,
}

impl Tab {
    /// Every tab, with its words and the end of its path.
    pub(crate) const ALL: [(Self, &str, &str); 4] = [
        (Self::Overview, "Overview", ""),
        (Self::Setup, "Setup", "/setup"),
        (Self::Access, "Access", "/access"),
        (Self::Activity, "Activity", "/activity"),
    ];
}

/// A screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// All connections.
    Connections,
    /// *New connection*.
    NewConnection,
    /// *Manage connection*.
    Connection(ConnectionId, Tab),
    /// *API keys*.
    ApiKeys,
    /// *Call Jira*.
    CallJira,
    /// *Webhooks*.
    Webhooks,
    /// One webhook and its deliveries.
    Webhook(WebhookId),
    /// *Workspaces*.
    Workspaces,
    /// One workspace.
    Workspace(WorkspaceId, WorkspaceTab),
    /// One project of a workspace.
    Project(WorkspaceId, ProjectId, ProjectTab),
    /// One task of a project. The query names it, because its id may hold anything.
    Task(WorkspaceId, ProjectId),
    /// One resync of a project.
    Resync(WorkspaceId, ProjectId, ResyncId),
    /// *Integrations*.
    Integrations,
    /// *Members*.
    Members,
    /// *Audit log*.
    AuditLog,
    /// *Charts*.
    Charts,
    /// *New chart*.
    NewChart,
    /// One chart.
    Chart(ChartId),
    /// *Edit chart*.
    EditChart(ChartId),
    /// Who let Causeway read Jira as them, to show charts.
    ChartAccess,
    /// That others see a chart with somebody's access, for whoever is asked.
    Delegation(DelegationId),
    /// A guide for a Jira administrator, with the token of its link.
    Guide(String),
    /// The pop-up, before it goes to Atlassian or Jira.
    AuthorizeWaiting,
    /// The pop-up, after Atlassian or Jira sends the browser back.
    AuthorizeResult(AuthorizationId),
    /// An address of no screen.
    NotFound,
}

impl Route {
    /// The screen at a path.
    pub(crate) fn parse(path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        match segments.as_slice() {
            [] | ["connections"] => Self::Connections,
            ["connections", "new"] => Self::NewConnection,
            ["connections", id] => connection(id, Tab::Overview),
            ["connections", id, "setup"] => connection(id, Tab::Setup),
            ["connections", id, "access"] => connection(id, Tab::Access),
            ["connections", id, "activity"] => connection(id, Tab::Activity),
            ["audit-log"] => Self::AuditLog,
            ["api-keys"] => Self::ApiKeys,
            ["api-keys", "call-jira"] => Self::CallJira,
            ["webhooks"] => Self::Webhooks,
            ["webhooks", id] => WebhookId::parse(*id).map_or(Self::NotFound, Self::Webhook),
            ["workspaces"] => Self::Workspaces,
            ["workspaces", id] => workspace(id, WorkspaceTab::Projects),
            ["workspaces", id, "members"] => workspace(id, WorkspaceTab::Members),
            ["workspaces", id, "projects", project] => project_part(id, project, Some(ProjectTab::Tasks)),
            ["workspaces", id, "projects", project, "mapping"] => project_part(id, project, Some(ProjectTab::Mapping)),
            ["workspaces", id, "projects", project, "task"] => project_part(id, project, None),
            ["workspaces", id, "projects", project, "resyncs"] => project_part(id, project, Some(ProjectTab::Resync)),
            ["workspaces", id, "projects", project, "resyncs", resync] => resync_of(id, project, resync),
            ["settings", "integrations"] => Self::Integrations,
            ["members"] => Self::Members,
            ["charts"] => Self::Charts,
            ["charts", "new"] => Self::NewChart,
            ["charts", "access"] => Self::ChartAccess,
            ["charts", "delegations", id] => DelegationId::parse(*id).map_or(Self::NotFound, Self::Delegation),
            ["charts", id] => ChartId::parse(*id).map_or(Self::NotFound, Self::Chart),
            ["charts", id, "edit"] => ChartId::parse(*id).map_or(Self::NotFound, Self::EditChart),
            ["guide", token] => Self::Guide((*token).to_owned()),
            ["authorize"] => Self::AuthorizeWaiting,
            ["authorize", id] => AuthorizationId::parse(*id).map_or(Self::NotFound, Self::AuthorizeResult),
            _ => Self::NotFound,
        }
    }

    /// The screen's path.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Connections | Self::NotFound => "/".to_owned(),
            Self::NewConnection => "/connections/new".to_owned(),
            Self::Connection(id, tab) => {
                let end = Tab::ALL.iter().find(|(one, ..)| one == tab).map_or("", |(.., end)| end);
                format!("/connections/{id}{end}")
            }
            Self::AuditLog => "/audit-log".to_owned(),
            Self::ApiKeys => "/api-keys".to_owned(),
            Self::CallJira => "/api-keys/call-jira".to_owned(),
            Self::Webhooks => "/webhooks".to_owned(),
            Self::Webhook(id) => format!("/webhooks/{id}"),
            Self::Workspaces => "/workspaces".to_owned(),
            Self::Workspace(id, WorkspaceTab::Projects) => format!("/workspaces/{id}"),
            Self::Workspace(id, WorkspaceTab::Members) => format!("/workspaces/{id}/members"),
            Self::Project(id, project, ProjectTab::Tasks) => format!("/workspaces/{id}/projects/{project}"),
            Self::Project(id, project, ProjectTab::Mapping) => format!("/workspaces/{id}/projects/{project}/mapping"),
            Self::Project(id, project, ProjectTab::Resync) => format!("/workspaces/{id}/projects/{project}/resyncs"),
            Self::Task(id, project) => format!("/workspaces/{id}/projects/{project}/task"),
            Self::Resync(id, project, resync) => format!("/workspaces/{id}/projects/{project}/resyncs/{resync}"),
            Self::Integrations => "/settings/integrations".to_owned(),
            Self::Members => "/members".to_owned(),
            Self::Charts => "/charts".to_owned(),
            Self::NewChart => "/charts/new".to_owned(),
            Self::Chart(id) => format!("/charts/{id}"),
            Self::EditChart(id) => format!("/charts/{id}/edit"),
            Self::ChartAccess => "/charts/access".to_owned(),
            Self::Delegation(id) => format!("/charts/delegations/{id}"),
            Self::Guide(token) => format!("/guide/{token}"),
            Self::AuthorizeWaiting => "/authorize".to_owned(),
            Self::AuthorizeResult(id) => format!("/authorize/{id}"),
        }
    }

    /// The window's title.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::Connections => "Connections · Causeway",
            Self::NewConnection => "New connection · Causeway",
            Self::Connection(..) => "Manage connection · Causeway",
            Self::ApiKeys => "API keys · Causeway",
            Self::CallJira => "Call Jira · Causeway",
            Self::Webhooks => "Webhooks · Causeway",
            Self::Webhook(_) => "Webhook · Causeway",
            Self::Workspaces => "Workspaces · Causeway",
            Self::Workspace(..) => "Workspace · Causeway",
            Self::Project(..) => "Project · Causeway",
            Self::Task(..) => "Task · Causeway",
            Self::Resync(..) => "Resync · Causeway",
            Self::Integrations => "Integrations · Causeway",
            Self::Members => "Members · Causeway",
            Self::AuditLog => "Audit log · Causeway",
            Self::Charts => "Charts · Causeway",
            Self::NewChart => "New chart · Causeway",
            Self::Chart(_) => "Chart · Causeway",
            Self::EditChart(_) => "Edit chart · Causeway",
            Self::ChartAccess => "Access to Jira · Causeway",
            Self::Delegation(_) => "Let others see a chart · Causeway",
            Self::AuthorizeWaiting | Self::AuthorizeResult(_) => "Authorize · Causeway",
            Self::Guide(_) => "Guide · Causeway",
            Self::NotFound => "Page not found · Causeway",
        }
    }

    /// The screen with its first tab. It is not rebuilt when only the tab changes.
    pub(crate) fn screen(self) -> Self {
        match self {
            Self::Connection(id, _) => Self::Connection(id, Tab::Overview),
            Self::Workspace(id, _) => Self::Workspace(id, WorkspaceTab::Projects),
            Self::Project(id, project, _) => Self::Project(id, project, ProjectTab::Tasks),
            other => other,
        }
    }

    /// The screen in the header's navigation that this one belongs to.
    pub(crate) fn part(self) -> Self {
        match self {
            Self::NewConnection | Self::Connection(..) => Self::Connections,
            Self::CallJira => Self::ApiKeys,
            Self::Webhook(_) => Self::Webhooks,
            Self::NewChart | Self::Chart(_) | Self::EditChart(_) | Self::ChartAccess | Self::Delegation(_) => {
                Self::Charts
            }
            Self::Workspace(..) | Self::Project(..) | Self::Task(..) | Self::Resync(..) => Self::Workspaces,
            other => other,
        }
    }

    /// Whether the screen has no header and needs no session: the pop-up and the guide.
    pub(crate) fn stands_alone(&self) -> bool {
        matches!(self, Self::AuthorizeWaiting | Self::AuthorizeResult(_) | Self::Guide(_))
    }
}

fn connection(id: &str, tab: Tab) -> Route {
    ConnectionId::parse(id).map_or(Route::NotFound, |id| Route::Connection(id, tab))
}

fn workspace(id: &str, tab: WorkspaceTab) -> Route {
    WorkspaceId::parse(id).map_or(Route::NotFound, |id| Route::Workspace(id, tab))
}

/// A tab of a project, or a task of it.
fn project_part(id: &str, project: &str, tab: Option<ProjectTab>) -> Route {
    match (WorkspaceId::parse(id), ProjectId::parse(project), tab) {
        (Ok(id), Ok(project), Some(tab)) => Route::Project(id, project, tab),
        (Ok(id), Ok(project), None) => Route::Task(id, project),
        _ => Route::NotFound,
    }
}

fn resync_of(id: &str, project: &str, resync: &str) -> Route {
    match (WorkspaceId::parse(id), ProjectId::parse(project), ResyncId::parse(resync)) {
        (Ok(id), Ok(project), Ok(resync)) => Route::Resync(id, project, resync),
        _ => Route::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_screen_is_found_at_its_own_path() {
        let screens = [
            "/",
            "/connections/new",
            "/connections/con_1",
            "/connections/con_1/setup",
            "/connections/con_1/activity",
            "/api-keys",
            "/api-keys/call-jira",
            "/connections/con_1/access",
            "/workspaces",
            "/workspaces/wsp_1",
            "/workspaces/wsp_1/members",
            "/workspaces/wsp_1/projects/prj_1",
            "/workspaces/wsp_1/projects/prj_1/mapping",
            "/workspaces/wsp_1/projects/prj_1/task",
            "/workspaces/wsp_1/projects/prj_1/resyncs",
            "/workspaces/wsp_1/projects/prj_1/resyncs/rsy_1",
            "/settings/integrations",
            "/members",
            "/webhooks",
            "/webhooks/whk_1",
            "/audit-log",
            "/charts",
            "/charts/new",
            "/charts/access",
            "/charts/delegations/dlg_1",
            "/charts/cht_1",
            "/charts/cht_1/edit",
            "/authorize",
            "/authorize/aut_1",
            "/guide/t0ken",
        ];
        for path in screens {
            assert_eq!(Route::parse(path).path(), path);
            assert_ne!(Route::parse(path), Route::NotFound);
        }
        assert_eq!(Route::parse("/connections"), Route::Connections);
        assert_eq!(Route::parse("/api-keys/"), Route::ApiKeys);
    }

    #[test]
    fn an_address_that_names_nothing_is_not_found() {
        for path in [
            "/connections/nonsense",
            "/authorize/con_1",
            "/connections/con_1/more",
            "/%2e%2e",
            "/x",
            "/workspaces/wsp_1/projects/con_1",
        ] {
            assert_eq!(Route::parse(path), Route::NotFound, "{path}");
        }
    }
}
