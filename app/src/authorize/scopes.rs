//! Scopes in plain words.

use leptos::prelude::*;

/// The words for a scope. An unknown scope is shown as it is.
pub(crate) fn plain(scope: &str) -> String {
    match scope {
        "read:jira-work" => "View issues and projects",
        "read:jira-user" => "View users",
        "write:jira-work" => "Create and edit issues",
        "offline_access" => "Stay connected",
        "read:me" => "View the profile of the account",
        "manage:jira-configuration" => "Manage Jira's configuration",
        "READ" => "View projects and issues",
        "WRITE" => "View, create and edit issues",
        "ADMIN" => "Administer Jira",
        other => other,
    }
    .to_owned()
}

/// What fails without a scope.
fn needed_for(scope: &str) -> &'static str {
    match scope {
        "read:jira-work" => "reading issues and projects fails.",
        "read:jira-user" => "looking up users fails.",
        "write:jira-work" => "creating and changing issues fails.",
        "offline_access" => "the connection ends within an hour.",
        "read:me" => "the account cannot be named.",
        "manage:jira-configuration" => "changing Jira's configuration fails.",
        _ => "calls that need it are refused.",
    }
}

/// The scopes that were not granted, each with what fails without it.
pub(crate) fn missing_list(scopes: &[String]) -> AnyView {
    let line = |scope: &String| {
        let words = format!("{}: {}", plain(scope), needed_for(scope));
        view! { <li>{words} " " <code class="subtle">{scope.clone()}</code></li> }.into_any()
    };
    let lines: Vec<AnyView> = scopes.iter().map(line).collect();
    view! { <ul>{lines}</ul> }.into_any()
}

/// The scopes in plain words, with the API scopes folded away.
pub(crate) fn scope_list(scopes: &[String]) -> AnyView {
    let words: Vec<String> = scopes.iter().map(|scope| plain(scope)).collect();
    view! {
        {words.join(" · ")}
        <details>
            <summary>"API scopes"</summary>
            <pre>{scopes.join("\n")}</pre>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_of_the_future_is_shown_as_it_is() {
        assert_eq!(plain("read:jira-work"), "View issues and projects");
        assert_eq!(plain("WRITE"), "View, create and edit issues");
        assert_eq!(plain("read:brand-new"), "read:brand-new");
    }
}
