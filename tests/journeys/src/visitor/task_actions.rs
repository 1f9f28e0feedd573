//! Projects whose tasks become issues: linked to a Jira project, with a mapping.

use api::{
    ConnectionId, CreateProject, CreateWorkspace, EditAccess, GetJiraMetadata, InRule, IssueTypeMapping, JiraMetadata,
    Mapping, MappingEdit, MappingSuggestion, MappingSuggestions, Name, NewAccess, NewProject, NewWorkspace, Nothing,
    OutRule, ProductStatus, Project, ProjectMapping, PutMapping, SuggestMapping, Workspace,
};
use atlassian::{Person, sites::HARBOUR};
use serde_json::json;

use super::Visitor;

fn name(words: &str) -> Name {
    Name::parse(words).expect("a name")
}

impl Visitor {
    /// Makes a connection to *Harbour Logistics*, a workspace that has it, and the project *Checkout*, which is linked to a
    /// Jira project.
    ///
    /// # Panics
    /// If the visitor is not Ada, signed in, or something is refused.
    pub async fn links_a_project(&self, jira_project: &str) -> Project {
        let connection = self.connects("Harbour", Person::Ada, HARBOUR).await.id;
        self.links_a_project_over(connection, jira_project).await
    }

    /// The same over a connection that exists.
    ///
    /// # Panics
    /// If something is refused.
    pub async fn links_a_project_over(&self, connection: ConnectionId, jira_project: &str) -> Project {
        let workspace = NewWorkspace::named(name("Payments"));
        let workspace: Workspace = self.calls::<CreateWorkspace>(&(), &workspace).await.expect(201).json();
        let access = NewAccess { workspaces: vec![workspace.id.clone()], confirmed: false };
        self.calls::<EditAccess>(&connection, &access).await.expect(200);
        let (connection_id, jira_project) = (Some(connection), Some(jira_project.to_owned()));
        let project = NewProject { name: name("Checkout"), connection_id, jira_project };
        self.calls::<CreateProject>(&workspace.id, &project).await.expect(201).json()
    }

    /// What Jira offers for a project.
    ///
    /// # Panics
    /// If Jira is not asked.
    pub async fn sees_what_jira_offers(&self, project: &Project) -> JiraMetadata {
        self.calls::<GetJiraMetadata>(&project.id, &Nothing {}).await.expect(200).json()
    }

    /// Saves the first mapping of a project.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn maps(&self, project: &Project, mapping: Mapping) -> ProjectMapping {
        self.calls::<PutMapping>(&project.id, &MappingEdit { mapping, revision: 0 }).await.expect(200).json()
    }

    /// Maps these statuses of the product to issues of the type *Task*, as Causeway suggests.
    ///
    /// # Panics
    /// If Jira has no such type, or something is refused.
    pub async fn maps_as_suggested(&self, project: &Project, statuses: &[&str]) {
        let jira = self.sees_what_jira_offers(project).await;
        let of = jira.issue_types.iter().find(|one| one.name == "Task").expect("the model has tasks");
        let empty = json!({"issue_type": of.id, "out": [], "in": []});
        let mut of: IssueTypeMapping = serde_json::from_value(empty).expect("a mapping");
        let mut mapping = Mapping::default();
        mapping.statuses.extend(statuses.iter().map(|one| ProductStatus { status: name(one), category: None }));
        mapping.issue_types.push(of.clone());
        let suggested = self.calls::<SuggestMapping>(&project.id, &mapping).await.expect(200);
        for suggestion in suggested.json::<MappingSuggestions>().items {
            match suggestion {
                MappingSuggestion::Out { status, to, .. } => of.out.push(OutRule { status, to: Some(to) }),
                MappingSuggestion::In { status, to, .. } => of.inward.push(InRule { status, to: Some(to) }),
            }
        }
        mapping.issue_types = vec![of];
        self.maps(project, mapping).await;
    }
}
