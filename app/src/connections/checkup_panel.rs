//! *Test*: the checkup, step by step.

use api::{CHECKUP_PATH, Cause, CheckupLine, CheckupStep, ConnectionId, StepOutcome};
use leptos::{prelude::*, task::spawn_local};
use web_sys::{AbortController, AbortSignal};

use super::checkup::{Checkup, Run, name, outcome};
use crate::{
    client::{CallError, lines, understood},
    navigation::use_navigation,
    ui::{
        button::{Button, Look},
        copy_button::CopyButton,
        failure::failure_beside,
        focus,
        icon::Icon,
        learn_more::learn_more,
    },
};

/// The section. A link that ends in `?test` begins at once, and once only.
#[component]
pub(super) fn CheckupPanel(id: ConnectionId, #[prop(into)] on_verdict: Callback<()>) -> impl IntoView {
    let checkup = RwSignal::new(Checkup::default());
    let under_way = StoredValue::new_local(None::<AbortController>);
    let connection = StoredValue::new(id);
    let stop = move || {
        if let Some(controller) = under_way.try_update_value(Option::take).flatten() {
            controller.abort();
        }
    };
    on_cleanup(stop);
    let test = move |()| {
        let Ok(controller) = AbortController::new() else { return };
        let signal = controller.signal();
        under_way.set_value(Some(controller));
        checkup.set(Checkup { run: Run::Running, steps: Vec::new() });
        spawn_local(async move {
            let told = &mut |line| {
                checkup.try_update(|checkup| checkup.told(line));
            };
            let answer = run(&connection.get_value(), &signal, told).await;
            checkup.try_update(|checkup| checkup.ended(answer));
            if checkup.try_with_untracked(|checkup| matches!(checkup.run, Run::Finished(..))) == Some(true) {
                on_verdict.run(());
            }
        });
    };
    let cancel = move |()| {
        checkup.update(|checkup| checkup.run = Run::Cancelled);
        stop();
        focus("test");
    };
    let navigation = use_navigation();
    if navigation.query().get_untracked() == "test" {
        navigation.set_query("");
        test(());
    }
    let running = Memo::new(move |_| checkup.with(|checkup| checkup.run == Run::Running));
    view! {
        <section class="section" aria-labelledby="checkup">
            <h2 id="checkup">"Checkup"</h2>
            <p class="subtle">"Looks at everything that calls need, one step after the other. It changes nothing and destroys no credential."</p>
            <div class="buttons">
                <Button id="test" on_press=test busy=running>"Test"</Button>
                {move || if running.get() { view! { <Button look=Look::Subtle on_press=cancel>"Cancel"</Button> }.into_any() } else { ().into_any() }}
            </div>
            <ol class="steps" aria-live="polite">{move || checkup.with(|checkup| checkup.steps.iter().map(step).collect::<Vec<_>>())}</ol>
            {move || checkup.with(|checkup| result(checkup, &connection.get_value()))}
        </section>
    }
    .into_any()
}

/// Runs a checkup and passes on what it finds, as it comes.
pub(super) async fn run(
    id: &ConnectionId,
    signal: &AbortSignal,
    told: &mut dyn FnMut(CheckupLine),
) -> Result<(), CallError> {
    let path = CHECKUP_PATH.replace("{id}", id.as_str());
    let understand = &mut |line| {
        if let Some(line) = understood(line) {
            told(line);
        }
    };
    lines(&path, signal, understand).await
}

fn step(step: &CheckupStep) -> AnyView {
    let (icon, tone) = match step.outcome {
        StepOutcome::Passed => (Icon::Success, "tone-success"),
        StepOutcome::Failed => (Icon::Failure, "tone-danger"),
        StepOutcome::Skipped => (Icon::Nothing, "tone-neutral"),
    };
    let help = step.cause.map_or_else(|| "/help/troubleshooting/#checkup".to_owned(), Cause::help_path);
    let remedy =
        step.remedy.clone().map(|remedy| view! { <br /> <strong>{remedy}</strong> " " {learn_more(help)} }.into_any());
    view! {
        <li>
            <span class=format!("lozenge {tone}")>{icon.view()} {name(step.name)} " " {outcome(step.outcome)}</span>
            <span class="subtle small">{format!(" {} ms", step.millis)}</span>
            <br />
            <span>{step.detail.clone()} {remedy}</span>
        </li>
    }
    .into_any()
}

fn result(checkup: &Checkup, id: &ConnectionId) -> AnyView {
    let words = match &checkup.run {
        Run::Not => return ().into_any(),
        Run::Running => format!("Looking at: {}", checkup.next().unwrap_or("the verdict")),
        Run::Cancelled => "Cancelled. What had finished is shown above.".to_owned(),
        Run::Finished(status, _) => match status.cause() {
            Some(cause) => format!("{} {}", cause.sentence(), cause.remedy()),
            None => "The connection works.".to_owned(),
        },
        Run::Failed(error) => return failure_beside(Some(error.clone())),
    };
    let report = matches!(checkup.run, Run::Finished(..)).then(|| checkup.report(id));
    let copy = report.map(|text| view! { <CopyButton text what="Copy report" /> }.into_any());
    view! { <p role="status">{words}</p> {copy} }.into_any()
}
