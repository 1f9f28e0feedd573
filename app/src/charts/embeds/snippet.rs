//! What is pasted into a page of somebody else.

use api::{Embed, EmbedKind};
use leptos::prelude::*;

use crate::ui::{
    button::{Button, Look},
    copy_button::CopyButton,
    dialog::Dialog,
    learn_more::learn_more,
};

/// What the frame may do: run its script, ask its own server, and open issues in Jira in windows of their own.
const SANDBOX: &str = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox";

fn escaped(text: &str) -> String {
    let replaced = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")];
    replaced.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The snippet for an embed at the address `at` of Causeway. In that of a signed one, `TOKEN` is what the page's server
/// writes.
pub(super) fn snippet(embed: &Embed, at: &str) -> String {
    let token = if embed.kind == EmbedKind::Published { "" } else { "#t=TOKEN" };
    format!(
        "<iframe src=\"{at}/embed/{}{token}\" title=\"{}\" width=\"640\" height=\"480\" sandbox=\"{SANDBOX}\" loading=\"lazy\" frameborder=\"0\"></iframe>",
        embed.id,
        escaped(&embed.chart_title),
    )
}

/// The dialog with the snippet, open while `shown` holds an embed.
#[component]
pub(super) fn SnippetDialog(shown: RwSignal<Option<Embed>>) -> impl IntoView {
    let close = Callback::new(move |()| shown.set(None));
    let content = move || {
        let embed = shown.get_untracked()?;
        let at = window().location().origin().unwrap_or_default();
        let text = snippet(&embed, &at);
        let hint = if embed.kind == EmbedKind::Published {
            "Paste it into the page. Where addresses unfold by themselves, the address of the frame is enough. "
        } else {
            "The server of the page writes a token for each reader in place of TOKEN. "
        };
        let picture = (embed.kind == EmbedKind::Published).then(|| {
            view! { <p>"Where frames are not allowed, a picture can stand: " <code>{format!("{at}/embed/{}.svg", embed.id)}</code></p> }
        });
        Some(
            view! {
                <p>{hint} {learn_more("/help/embeds/".to_owned())}</p>
                <pre class="key" tabindex="0" aria-label="Snippet">{text.clone()}</pre>
                <CopyButton text what="Copy snippet" />
                {picture}
                <div class="buttons"><Button look=Look::Primary on_press=close>"Done"</Button></div>
            }
            .into_any(),
        )
    };
    view! {
        <Dialog open=Signal::derive(move || shown.with(Option::is_some)) on_close=close title="Snippet">
            {content}
        </Dialog>
    }
}
