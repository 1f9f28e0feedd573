//! A person who hears the page: a screen reader tells what the browser's accessibility tree holds, in its order, and what
//! live regions say by themselves.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Browser;
use crate::{PATIENCE, eventually};

/// Roles that a screen reader does not stop at: they hold others, or are told with what they belong to.
const PASSED_OVER: [&str; 9] = [
    "none",
    "generic",
    "InlineTextBox",
    "LineBreak",
    "ListMarker",
    "LabelText",
    "LayoutTable",
    "LayoutTableRow",
    "LayoutTableCell",
];

/// One stop of a screen reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// What kind of thing it is, such as `button`.
    pub role: String,
    /// What it is called.
    pub name: String,
    /// What is said about it after its name; empty for most.
    pub description: String,
    /// Whether it can be used.
    pub disabled: bool,
    /// What stands in it, for a field.
    pub value: String,
}

/// What `DevTools` say of one node.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    #[serde(rename = "nodeId")]
    id: String,
    #[serde(default)]
    ignored: bool,
    role: Option<Said>,
    name: Option<Said>,
    description: Option<Said>,
    value: Option<Said>,
    #[serde(default)]
    properties: Vec<Property>,
    parent_id: Option<String>,
    #[serde(default)]
    child_ids: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Said {
    #[serde(default)]
    value: Value,
}

#[derive(Debug, Deserialize)]
struct Property {
    name: String,
    value: Said,
}

impl Browser {
    /// Hears, from the next page on, what the pages of this window say by themselves: for
    /// [`hears`](Self::hears).
    ///
    /// # Panics
    /// If the browser does not accept the script.
    pub async fn listens(&self) {
        self.runs_before_every_page(include_str!("announcements.js")).await;
    }

    /// Waits until the page has said `words` by itself, since it was opened.
    ///
    /// # Panics
    /// If it does not say them.
    pub async fn hears(&self, words: &str) {
        let said = async || self.said().await.into_iter().find(|said| said.contains(words));
        if eventually(PATIENCE, said).await.is_none() {
            let said = self.said().await;
            self.fails(&format!("does not hear {words:?}, but {said:?}")).await;
        }
    }

    async fn said(&self) -> Vec<String> {
        let said = self.driver.execute("return window.announcementNotes ?? []", Vec::new()).await;
        said.ok().and_then(|said| serde_json::from_value(said.json().clone()).ok()).unwrap_or_default()
    }

    /// Every stop of a screen reader in the window in front, from its beginning to its end.
    ///
    /// # Panics
    /// If the browser has no accessibility tree.
    pub async fn stops(&self) -> Vec<Stop> {
        let tree = self.driver.cdp().send_raw("Accessibility.getFullAXTree", json!({})).await;
        let tree = tree.expect("Chromium tells its accessibility tree");
        let nodes: Vec<Node> = serde_json::from_value(tree["nodes"].clone()).expect("a list of nodes");
        in_order(&nodes)
    }

    /// Waits until these stops come one after the other, whatever comes between them: role and the beginning of the name.
    ///
    /// # Panics
    /// If one is missing or comes too early.
    pub async fn hears_in_order(&self, screen: &str, expected: &[(&str, &str)]) {
        let heard = async || missing(&self.stops().await, expected).is_none().then_some(());
        if eventually(PATIENCE, heard).await.is_some() {
            return;
        }
        let stops = self.stops().await;
        let lacks = missing(&stops, expected);
        let told: Vec<String> = stops.iter().map(|stop| format!("{} {:?}", stop.role, stop.name)).collect();
        self.fails(&format!(
            "does not come to {lacks:?} in its place on {screen:?}, but hears:\n{}\n",
            told.join("\n")
        ))
        .await;
    }

    /// That everything to be used has a name, and that there is one heading of the first rank and one main part.
    ///
    /// # Panics
    /// If something has no name.
    pub async fn has_names_for_everything(&self, screen: &str) {
        let stops = self.stops().await;
        let used =
            ["button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "menuitem", "tab", "switch"];
        let nameless: Vec<_> =
            stops.iter().filter(|stop| used.contains(&stop.role.as_str()) && stop.name.is_empty()).collect();
        if !nameless.is_empty() {
            self.fails(&format!("hears things without a name on {screen:?}: {nameless:?}")).await;
        }
        let mains = stops.iter().filter(|stop| stop.role == "main").count();
        if mains != 1 {
            self.fails(&format!("hears {mains} main parts on {screen:?}")).await;
        }
    }
}

/// The first that is expected and does not come in its place.
fn missing<'a>(stops: &[Stop], expected: &[(&'a str, &'a str)]) -> Option<(&'a str, &'a str)> {
    let mut rest = stops.iter();
    expected.iter().find(|(role, name)| !rest.any(|stop| stop.role == *role && stop.name.starts_with(name))).copied()
}

/// The nodes as they are told: from the root, each before its children.
fn in_order(nodes: &[Node]) -> Vec<Stop> {
    let by_id: HashMap<&str, &Node> = nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let Some(root) = nodes.iter().find(|node| node.parent_id.is_none()) else { return Vec::new() };
    let (mut stops, mut left) = (Vec::new(), vec![root]);
    while let Some(node) = left.pop() {
        stops.extend(stop(node));
        left.extend(node.child_ids.iter().rev().filter_map(|id| by_id.get(id.as_str()).copied()));
    }
    stops
}

fn stop(node: &Node) -> Option<Stop> {
    let text = |said: Option<&Said>| {
        let text = said.and_then(|said| said.value.as_str()).unwrap_or_default();
        let plain: String = text.chars().filter(|letter| !('\u{2066}'..='\u{2069}').contains(letter)).collect();
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let role = text(node.role.as_ref());
    if node.ignored || role.is_empty() || PASSED_OVER.contains(&role.as_str()) {
        return None;
    }
    let disabled = node.properties.iter().any(|one| one.name == "disabled" && one.value.value == true);
    Some(Stop {
        role,
        name: text(node.name.as_ref()),
        description: text(node.description.as_ref()),
        disabled,
        value: text(node.value.as_ref()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str, parent: Option<&str>, role: &str, name: &str, children: &[&str]) -> Node {
        let node = json!({
            "nodeId": id, "parentId": parent, "role": { "value": role }, "name": { "value": name },
            "childIds": children,
        });
        serde_json::from_value(node).expect("a node")
    }

    #[test]
    fn stops_come_in_the_order_of_the_page_and_groups_are_passed_over() {
        let nodes = [
            node("1", None, "RootWebArea", "Connections", &["2", "5"]),
            node("5", Some("1"), "button", "Save", &[]),
            node("2", Some("1"), "generic", "", &["3"]),
            node("3", Some("2"), "link", "Har\u{2068}bour", &[]),
        ];
        let stops = in_order(&nodes);
        let names: Vec<_> = stops.iter().map(|stop| stop.name.as_str()).collect();
        assert_eq!(names, ["Connections", "Harbour", "Save"]);
        assert_eq!(missing(&stops, &[("link", "Har"), ("button", "Save")]), None);
        assert_eq!(missing(&stops, &[("button", "Save"), ("link", "Har")]), Some(("link", "Har")));
    }
}
