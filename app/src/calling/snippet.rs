//! Small programs that list a site's projects through a connection. Each works when pasted.

use api::{Connection, Kind, PROXY_PATH};

/// The language of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Curl,
    Python,
    JavaScript,
    Go,
    Java,
}

/// The API key in a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CallingKey {
    /// It is read from the environment variable `CAUSEWAY_KEY`.
    Environment,
    /// This key, which was just created.
    Literal(String),
}

/// What a program is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Snippet {
    /// The proxy's address, to which Jira's own path is appended.
    base: String,
    is_cloud: bool,
    key: CallingKey,
}

impl Language {
    pub(super) const ALL: [Self; 5] = [Self::Curl, Self::Python, Self::JavaScript, Self::Go, Self::Java];

    /// Its name, with the library where one is used.
    pub(super) const fn words(self, is_cloud: bool) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Python => "Python, with jira",
            Self::JavaScript if is_cloud => "JavaScript, with jira.js",
            Self::JavaScript => "JavaScript",
            Self::Go => "Go",
            Self::Java => "Java",
        }
    }
}

/// The proxy's address of a connection.
pub(super) fn proxy_base(origin: &str, connection: &Connection) -> String {
    format!("{origin}{}", PROXY_PATH.replace("{id}", connection.id.as_str()).trim_end_matches("/{path}"))
}

/// The address of the site instead of the connection: where links in Jira's answers lead with our host. `None` while the
/// connection has no site.
pub(super) fn site_base(origin: &str, connection: &Connection) -> Option<String> {
    let site = connection.site.as_ref()?;
    if let Some(cloud_id) = &site.cloud_id {
        return Some(format!("{origin}/ex/jira/{cloud_id}"));
    }
    let (_scheme, rest) = site.url.split_once("://")?;
    let context_path = rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or_default();
    Some(format!("{origin}{}", context_path.trim_end_matches('/')))
}

/// Whether Jira Cloud is at the other end: only it has version 3 of the API and the search for projects.
pub(super) fn is_cloud(connection: &Connection) -> bool {
    connection.kind == Kind::CloudOauth2 || connection.site.as_ref().is_some_and(|site| site.cloud_id.is_some())
}

impl Snippet {
    pub(super) fn new(origin: &str, connection: &Connection, key: CallingKey) -> Self {
        Self { base: proxy_base(origin, connection), is_cloud: is_cloud(connection), key }
    }

    /// The program.
    pub(super) fn program(&self, language: Language) -> String {
        match language {
            Language::Curl => {
                format!("curl -H \"Authorization: Bearer {}\" \\\n  \"{}\"", self.shell_key(), self.url())
            }
            Language::Python => self.python(),
            Language::JavaScript if self.is_cloud => self.jira_js(),
            Language::JavaScript => self.javascript(),
            Language::Go => self.go(),
            Language::Java => self.java(),
        }
    }

    fn url(&self) -> String {
        let path = if self.is_cloud { "3/project/search" } else { "2/project" };
        format!("{}/rest/api/{path}", self.base)
    }

    fn shell_key(&self) -> &str {
        match &self.key {
            CallingKey::Environment => "$CAUSEWAY_KEY",
            CallingKey::Literal(key) => key,
        }
    }

    /// The key as an expression: the language's own for an environment variable, or a string.
    fn expression(&self, environment: &str) -> String {
        match &self.key {
            CallingKey::Environment => environment.to_owned(),
            CallingKey::Literal(key) => format!("\"{key}\""),
        }
    }

    fn python(&self) -> String {
        let (base, key) = (&self.base, self.expression("os.environ[\"CAUSEWAY_KEY\"]"));
        format!(
            "# pip install jira\nimport os\nfrom jira import JIRA\n\n\
             jira = JIRA(\"{base}\", token_auth={key})\n\
             for project in jira.projects():\n    print(project.key, project.name)\n"
        )
    }

    fn jira_js(&self) -> String {
        let (base, key) = (&self.base, self.expression("process.env.CAUSEWAY_KEY"));
        format!(
            "// npm install jira.js\nimport {{ Version3Client }} from \"jira.js\";\n\n\
             const jira = new Version3Client({{\n  host: \"{base}\",\n  \
             authentication: {{ oauth2: {{ accessToken: {key} }} }},\n}});\n\
             const {{ values }} = await jira.projects.searchProjects();\n\
             for (const project of values) console.log(project.key, project.name);\n"
        )
    }

    fn javascript(&self) -> String {
        let (url, key) = (self.url(), self.expression("process.env.CAUSEWAY_KEY"));
        format!(
            "const answer = await fetch(\"{url}\", {{\n  headers: {{ Authorization: \"Bearer \" + {key} }},\n}});\n\
             for (const project of await answer.json()) console.log(project.key, project.name);\n"
        )
    }

    fn go(&self) -> String {
        let (url, key) = (self.url(), self.expression("os.Getenv(\"CAUSEWAY_KEY\")"));
        format!(
            "package main\n\nimport (\n\t\"io\"\n\t\"log\"\n\t\"net/http\"\n\t\"os\"\n)\n\n\
             func main() {{\n\trequest, err := http.NewRequest(\"GET\", \"{url}\", nil)\n\
             \tif err != nil {{\n\t\tlog.Fatal(err)\n\t}}\n\
             \trequest.Header.Set(\"Authorization\", \"Bearer \"+{key})\n\
             \tanswer, err := http.DefaultClient.Do(request)\n\
             \tif err != nil {{\n\t\tlog.Fatal(err)\n\t}}\n\
             \tdefer answer.Body.Close()\n\tio.Copy(os.Stdout, answer.Body)\n}}\n"
        )
    }

    fn java(&self) -> String {
        let (url, key) = (self.url(), self.expression("System.getenv(\"CAUSEWAY_KEY\")"));
        format!(
            "// java Projects.java\nimport java.net.URI;\nimport java.net.http.*;\n\n\
             class Projects {{\n    public static void main(String[] arguments) throws Exception {{\n        \
             var request = HttpRequest.newBuilder(URI.create(\"{url}\"))\n            \
             .header(\"Authorization\", \"Bearer \" + {key})\n            .build();\n        \
             var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());\n        \
             System.out.println(answer.body());\n    }}\n}}\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(kind: &str) -> Connection {
        let json = format!(
            r#"{{"id":"con_1","name":"Staging","kind":"{kind}","site":null,"status":{{"state":"authorized"}},
            "account":null,"scopes":[],"created_at":"2026-01-01T00:00:00Z","authorized_at":null,
            "last_activity_at":"2026-01-01T00:00:00Z","reauthorize_before":null,"version":3}}"#
        );
        serde_json::from_str(&json).expect("a connection")
    }

    fn programs(kind: &str, key: &CallingKey) -> Vec<String> {
        let snippet = Snippet::new("https://causeway.example", &connection(kind), key.clone());
        Language::ALL.into_iter().map(|language| snippet.program(language)).collect()
    }

    #[test]
    fn every_program_names_the_address_that_the_edge_serves() {
        for kind in ["cloud_oauth2", "data_center_oauth2"] {
            for program in programs(kind, &CallingKey::Environment) {
                assert!(program.contains("https://causeway.example/api/v1/connections/con_1/jira"), "{program}");
                assert!(program.contains("CAUSEWAY_KEY"), "{program}");
            }
        }
    }

    #[test]
    fn a_site_is_called_by_its_cloud_id_or_by_its_context_path() {
        let at = |cloud_id: Option<&str>, url: &str| {
            let mut connection = connection("cloud_oauth2");
            connection.site = Some(api::Site {
                cloud_id: cloud_id.map(str::to_owned),
                name: "Acme".to_owned(),
                url: url.to_owned(),
                avatar_url: None,
                version: None,
            });
            site_base("https://causeway.example", &connection)
        };
        for (cloud_id, url, base) in [
            (Some("c1"), "https://acme.atlassian.net", "https://causeway.example/ex/jira/c1"),
            (None, "https://jira.example.com/jira", "https://causeway.example/jira"),
            (None, "https://jira.example.com", "https://causeway.example"),
        ] {
            assert_eq!(at(cloud_id, url).as_deref(), Some(base), "{url}");
        }
    }

    #[test]
    fn a_new_key_is_in_the_program_and_the_variable_is_not() {
        for program in programs("cloud_oauth2", &CallingKey::Literal("cw_x".to_owned())) {
            assert!(program.contains("cw_x") && !program.contains("CAUSEWAY_KEY"), "{program}");
        }
    }

    #[test]
    fn data_center_is_asked_for_nothing_that_only_cloud_has() {
        for program in programs("data_center_oauth2", &CallingKey::Environment) {
            assert!(!program.contains("/rest/api/3") && !program.contains("Version3Client"), "{program}");
        }
    }
}
