//! A table without virtual rows. It becomes cards where it is narrow. Its parts have their roles written down, because
//! browsers forget those of tables whose parts are no table in the style sheet.

use leptos::prelude::*;

/// The header of the column of buttons. Only screen readers announce it.
const ACTIONS: &str = "Actions";

/// The table.
pub(crate) fn table(caption: &'static str, heads: &[&'static str], rows: Vec<AnyView>) -> AnyView {
    let head = |name: &&'static str| {
        let class = (*name == ACTIONS).then_some("assistive");
        view! { <th scope="col" role="columnheader"><span class=class>{*name}</span></th> }.into_any()
    };
    view! {
        <table class="cards" role="table">
            <caption class="assistive">{caption}</caption>
            <thead role="rowgroup"><tr role="row">{heads.iter().map(head).collect::<Vec<_>>()}</tr></thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}

/// A row: its header cell, the other cells, and its buttons.
pub(crate) fn row(about: AnyView, cells: Vec<AnyView>, actions: Option<AnyView>) -> AnyView {
    let actions = actions.map(|actions| {
        view! { <td role="cell" class="row-actions"><span class="row-buttons">{actions}</span></td> }.into_any()
    });
    view! { <tr role="row"><th scope="row" role="rowheader">{about}</th> {cells} {actions}</tr> }.into_any()
}

/// A cell, with the name of its column for the cards.
pub(crate) fn cell(label: &'static str, content: AnyView) -> AnyView {
    view! { <td role="cell" data-label=label><span>{content}</span></td> }.into_any()
}
