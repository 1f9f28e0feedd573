//! What is computed of the issues, and what makes the segments.

use chart::{Compute, Every, Mark, Order, Source, Spec};
use leptos::prelude::*;

use super::{
    controls::{Line, select, words_of},
    draft::{Draft, can_group, can_measure, can_split, empty_spec, group_by, measured, split_by},
    messages,
};
use crate::ui::{choice::choice, when};

/// The spec with another mark. What the mark cannot show goes, what it needs comes.
fn marked(spec: &mut Spec, mark: Mark) {
    spec.mark = mark;
    match mark {
        Mark::Tile => (spec.group, spec.split) = (None, None),
        _ if spec.group.is_none() => spec.group = empty_spec().group,
        _ => {}
    }
    match mark {
        Mark::Donut => spec.split = None,
        Mark::Stacked if spec.split.is_none() && !matches!(spec.source, Source::Series(_)) => {
            let field = chart::Field { id: "issuetype".to_owned(), name: Some("Type".to_owned()) };
            spec.split = Some(split_by(field));
        }
        _ => {}
    }
}

/// The form.
#[component]
pub(super) fn QuestionForm(draft: Draft) -> impl IntoView {
    let spec = draft.spec;
    let mark = Signal::derive(move || spec.with(|spec| spec.mark.as_str().to_owned()));
    let set_mark = Callback::new(move |word: String| {
        if let Some(mark) = Mark::ALL.iter().find(|mark| mark.as_str() == word) {
            spec.update(|spec| marked(spec, *mark));
        }
    });
    let marks = words_of(Mark::ALL, Mark::as_str, messages::mark);
    let grouped = Memo::new(move |_| spec.with(|spec| spec.mark != Mark::Tile));
    view! {
        {select("chart-mark", "Shown as", marks, mark, set_mark)}
        <MeasureForm draft />
        {move || when(grouped.get(), || view! { <GroupForm draft /> <SplitForm draft /> }.into_any())}
    }
}

#[component]
fn MeasureForm(draft: Draft) -> impl IntoView {
    let spec = draft.spec;
    let compute = Signal::derive(move || spec.with(|spec| spec.measure.compute.as_str().to_owned()));
    let set_compute = Callback::new(move |word: String| {
        if let Some(compute) = Compute::ALL.iter().find(|compute| compute.as_str() == word) {
            let fields = untrack(|| draft.known_fields());
            spec.update(|spec| spec.measure = measured(*compute, &spec.measure, &fields));
        }
    });
    let field = Signal::derive(move || {
        spec.with(|spec| spec.measure.field.as_ref().map(|field| field.id.clone()).unwrap_or_default())
    });
    let set_field = Callback::new(move |id: String| {
        let field = (!id.is_empty()).then(|| draft.field(&id).0);
        spec.update(|spec| spec.measure.field = field);
    });
    let computes = words_of(Compute::ALL, Compute::as_str, messages::compute);
    let needs_field = Memo::new(move |_| spec.with(|spec| spec.measure.compute != Compute::Count));
    view! {
        {select("chart-compute", "What is shown", computes, compute, set_compute)}
        {move || when(needs_field.get(), || {
            select("chart-measure", "Of the field", draft.options("Choose a field", can_measure, field), field, set_field)
        })}
    }
}

#[component]
fn GroupForm(draft: Draft) -> impl IntoView {
    let spec = draft.spec;
    let field = Signal::derive(move || {
        spec.with(|spec| spec.group.as_ref().map(|group| group.field.id.clone()).unwrap_or_default())
    });
    let set_field = Callback::new(move |id: String| {
        let (field, kind) = draft.field(&id);
        spec.update(|spec| spec.group = (!id.is_empty()).then(|| group_by(field, kind)));
    });
    let shape = Memo::new(move |_| spec.with(|spec| spec.group.as_ref().map(|group| group.buckets.is_some())));
    view! {
        {select("chart-group", "By", draft.options("Choose a field", can_group, field), field, set_field)}
        {move || match shape.get() {
            Some(true) => time_form(draft),
            Some(false) => values_form(draft),
            None => ().into_any(),
        }}
    }
}

/// The spans of time.
fn time_form(draft: Draft) -> AnyView {
    let spec = draft.spec;
    let buckets = move |spec: &Spec| spec.group.as_ref().and_then(|group| group.buckets.clone());
    let every = Signal::derive(move || spec.with(|spec| buckets(spec).map_or("", |it| it.every.as_str()).to_owned()));
    let set_every = Callback::new(move |word: String| {
        let every = Every::ALL.iter().copied().find(|every| every.as_str() == word);
        spec.update(|spec| {
            if let (Some(every), Some(group)) = (every, &mut spec.group)
                && let Some(buckets) = &mut group.buckets
            {
                buckets.every = every;
            }
        });
    });
    let last = Line {
        id: "chart-last",
        label: "How many",
        help: "The last ones, the present one among them: 1 to 40.",
        kind: "number",
        value: Signal::derive(move || {
            spec.with(|spec| buckets(spec).and_then(|it| it.last).map(|last| last.to_string()).unwrap_or_default())
        }),
        error: draft.fault("group.buckets.last"),
        on_input: Callback::new(move |typed: String| {
            let last = typed.parse().ok();
            spec.update(|spec| {
                if let Some(buckets) = spec.group.as_mut().and_then(|group| group.buckets.as_mut()) {
                    (buckets.last, buckets.from, buckets.until) = (last, None, None);
                }
            });
        }),
    };
    let spans = words_of(Every::ALL, Every::as_str, messages::every);
    view! { {select("chart-every", "In", spans, every, set_every)} {last.view()} }.into_any()
}

/// The values of a field: how many, in which order, and the rest.
fn values_form(draft: Draft) -> AnyView {
    let spec = draft.spec;
    let order = Signal::derive(move || {
        spec.with(|spec| spec.group.as_ref().map_or("", |group| group.order.as_str()).to_owned())
    });
    let set_order = Callback::new(move |word: String| {
        let order = Order::ALL.iter().copied().find(|order| order.as_str() == word);
        spec.update(|spec| {
            if let (Some(order), Some(group)) = (order, &mut spec.group) {
                group.order = order;
            }
        });
    });
    let limit = Line {
        id: "chart-limit",
        label: "At most",
        help: "So many segments, the largest: 1 to 40.",
        kind: "number",
        value: Signal::derive(move || {
            spec.with(|spec| spec.group.as_ref().map(|group| group.limit.to_string()).unwrap_or_default())
        }),
        error: draft.fault("group.limit"),
        on_input: Callback::new(move |typed: String| {
            let limit = typed.parse().unwrap_or(0);
            spec.update(|spec| {
                if let Some(group) = &mut spec.group {
                    group.limit = limit;
                }
            });
        }),
    };
    let has = move |read: fn(&chart::Group) -> bool| {
        Signal::derive(move || spec.with(|spec| spec.group.as_ref().is_some_and(read)))
    };
    let set = move |write: fn(&mut chart::Group, bool)| {
        Callback::new(move |on: bool| {
            spec.update(|spec| {
                if let Some(group) = &mut spec.group {
                    write(group, on);
                }
            });
        })
    };
    let orders = words_of(Order::ALL, Order::as_str, messages::order);
    view! {
        {select("chart-order", "Order", orders, order, set_order)}
        {limit.view()}
        <div class="field">
            {choice("A segment for all other values".into_any(), has(|group| group.other), set(|group, on| group.other = on))}
            {choice("A segment for issues without a value".into_any(), has(|group| group.none), set(|group, on| group.none = on))}
        </div>
    }
    .into_any()
}

#[component]
fn SplitForm(draft: Draft) -> impl IntoView {
    let spec = draft.spec;
    let may_split =
        Memo::new(move |_| spec.with(|spec| spec.mark != Mark::Donut && !matches!(spec.source, Source::Series(_))));
    let field = Signal::derive(move || {
        spec.with(|spec| spec.split.as_ref().map(|split| split.field.id.clone()).unwrap_or_default())
    });
    let set_field = Callback::new(move |id: String| {
        let split = (!id.is_empty()).then(|| split_by(draft.field(&id).0));
        spec.update(|spec| spec.split = split);
    });
    move || {
        when(may_split.get(), || {
            select("chart-split", "Split by", draft.options("Nothing", can_split, field), field, set_field)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_mark_leaves_a_chart_that_can_be_saved() {
        for mark in Mark::ALL {
            let mut spec = empty_spec();
            spec.source = Source::Jql("project = WEB".to_owned());
            "Title".clone_into(&mut spec.says.title);
            marked(&mut spec, Mark::Stacked);
            marked(&mut spec, *mark);
            assert_eq!(spec.faults(), [], "{}", mark.as_str());
            marked(&mut spec, Mark::Tile);
            marked(&mut spec, *mark);
            assert_eq!(spec.faults(), [], "{} after a tile", mark.as_str());
        }
    }
}
