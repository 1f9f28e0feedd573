//! *Checkup* on the screen of a connection, step by step.

use api::{CHECKUP_PATH, Cause, CheckupLine, CheckupStep, ConnectionId, StepOutcome};
use leptos::{html, prelude::*, task::spawn_local};
use web_sys::{AbortController, AbortSignal};

use super::{
    checkup::{Checkup, CheckupRun, name, outcome},
    diagnosis::diagnosis,
};
use crate::{
    client::{CallError, parsed, stream_lines},
    navigation::use_navigation,
    ui::{
        button::{Button, Look},
        copy_button::CopyButton,
        failure::failure_beside,
        focus,
        icon::Icon,
        learn_more::learn_more,
        moment::moment,
    },
};

/// The section. An address that ends in `?test` starts the checkup at once, and only once.
#[component]
pub(super) fn CheckupPanel(id: ConnectionId, #[prop(into)] on_verdict: Callback<()>) -> impl IntoView {
    let checkup = RwSignal::new(Checkup::default());
    let running_call = StoredValue::new_local(None::<AbortController>);
    let connection = StoredValue::new(id);
    let stop = move || {
        if let Some(controller) = running_call.try_update_value(Option::take).flatten() {
            controller.abort();
        }
    };
    on_cleanup(stop);
    let test = move |()| {
        let Ok(controller) = AbortController::new() else { return };
        let signal = controller.signal();
        running_call.set_value(Some(controller));
        checkup.set(Checkup { run: CheckupRun::Running, steps: Vec::new() });
        // Not a `Query`: the answer is a stream that a person can cancel.
        spawn_local(async move {
            let on_line = &mut |line| {
                checkup.try_update(|checkup| checkup.apply(line));
            };
            let answer = run(&connection.get_value(), &signal, on_line).await;
            checkup.try_update(|checkup| checkup.ended(answer));
            if checkup.try_with_untracked(|checkup| matches!(checkup.run, CheckupRun::Finished(..))) == Some(true) {
                on_verdict.run(());
            }
        });
    };
    let cancel = move |()| {
        checkup.update(|checkup| checkup.run = CheckupRun::Cancelled);
        stop();
        focus("test");
    };
    // Who follows *Test* from the list looks for the result, which may be below the fold.
    let bring_into_view = RwSignal::new(false);
    let navigation = use_navigation();
    if navigation.query().get_untracked() == "test" {
        navigation.set_query("");
        test(());
        bring_into_view.set(true);
    }
    let section = NodeRef::<html::Section>::new();
    Effect::new(move |_| {
        if let Some(section) = section.get().filter(|_| bring_into_view.get()) {
            section.scroll_into_view();
        }
    });
    let running = Memo::new(move |_| checkup.with(|checkup| checkup.run == CheckupRun::Running));
    view! {
        <section class="section" aria-labelledby="checkup" node_ref=section>
            <h2 id="checkup">"Checkup"</h2>
            <p class="subtle">"Checks everything that a call needs, step by step. It ends no credential, unless Jira itself says that it is wrong."</p>
            <div class="buttons">
                <Button id="test" on_press=test busy=running>"Test"</Button>
                {move || if running.get() { view! { <Button look=Look::Subtle on_press=cancel>"Cancel"</Button> }.into_any() } else { ().into_any() }}
            </div>
            <div role="status">{move || checkup.with(verdict)}</div>
            <ol class="steps" aria-live=move || running.get().then_some("polite")>
                {move || checkup.with(|checkup| checkup.shown().into_iter().map(step).collect::<Vec<_>>())}
            </ol>
            {move || checkup.with(|checkup| report(checkup, &connection.get_value()))}
        </section>
    }
}

/// Runs a checkup, and calls `on_line` for each line of the answer as it arrives.
pub(super) async fn run(
    id: &ConnectionId,
    signal: &AbortSignal,
    on_line: &mut dyn FnMut(CheckupLine),
) -> Result<(), CallError> {
    let path = CHECKUP_PATH.replace("{id}", id.as_str());
    let parse = &mut |line| {
        if let Some(line) = parsed(line) {
            on_line(line);
        }
    };
    stream_lines(&path, signal, parse).await
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

/// The verdict, before the steps: whether it works and, if not, why, what to do and who does it.
fn verdict(checkup: &Checkup) -> AnyView {
    let words = match &checkup.run {
        CheckupRun::NotStarted => return ().into_any(),
        CheckupRun::Running => format!("Looking at: {}", checkup.next().unwrap_or("the verdict")),
        CheckupRun::Cancelled => "Cancelled. The steps that had finished are shown.".to_owned(),
        CheckupRun::Finished(status, at, said) => {
            let works = status.cause().is_none();
            let (icon, tone) = if works { (Icon::Success, "tone-success") } else { (Icon::Failure, "tone-danger") };
            let title = checkup.verdict().unwrap_or_default();
            let said = said.as_ref().map(|said| {
                let cause = status.cause().unwrap_or(Cause::ScopesMissing);
                diagnosis(said, Some(cause), None, said.who.title().to_owned())
            });
            return view! {
                <div class=format!("verdict {tone}")>
                    <h3>{icon.view()} " " {title} "."</h3>
                    <p class="subtle">"Tested " {moment(*at)} "."</p>
                    {said}
                </div>
            }
            .into_any();
        }
        CheckupRun::Failed(error) => return failure_beside(Some(error.clone())),
    };
    view! { <p>{words}</p> }.into_any()
}

/// The report to copy, once there is a verdict.
fn report(checkup: &Checkup, id: &ConnectionId) -> AnyView {
    let report = matches!(checkup.run, CheckupRun::Finished(..)).then(|| checkup.report(id));
    report.map(|text| view! { <CopyButton text what="Copy report" /> }.into_any()).into_any()
}
