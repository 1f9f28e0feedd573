//! The segments of a chart one by one: another name, another colour, another place, or hidden.

use chart::{Color, Data, Order, Segment, SegmentKey, SegmentSetting, Spec};
use leptos::prelude::*;

use super::{draft::Draft, messages, preview::Previewed};
use crate::ui::{button::Button, query::Query, when};

/// A segment with its setting, and what Jira calls it.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    setting: SegmentSetting,
    label: String,
}

fn plain(key: SegmentKey) -> SegmentSetting {
    SegmentSetting { key, label: None, color: None, hidden: false }
}

/// The segments in the order in which they are shown, then the hidden ones.
fn lines(spec: &Spec, data: &Data) -> Vec<Line> {
    let settings = spec.group.as_ref().map(|group| group.segments.clone()).unwrap_or_default();
    let known = |segment: &Segment| {
        let setting = settings.iter().find(|one| one.key == segment.key).cloned();
        Line { setting: setting.unwrap_or_else(|| plain(segment.key.clone())), label: segment.label.clone() }
    };
    let shown: Vec<Line> = data.segments.iter().map(known).collect();
    let is_shown = |setting: &&SegmentSetting| shown.iter().any(|line| line.setting.key == setting.key);
    let hidden = settings.iter().filter(|setting| !is_shown(setting)).map(|setting| {
        let label = setting.label.clone().unwrap_or_else(|| setting.key.to_string());
        Line { setting: setting.clone(), label }
    });
    let hidden: Vec<Line> = hidden.collect();
    shown.iter().cloned().chain(hidden).collect()
}

/// Writes the settings into the spec: those that say something or, if the order is the person's own, all.
fn write(spec: &mut Spec, lines: &[Line]) {
    let Some(group) = &mut spec.group else { return };
    let is_listed = group.order == Order::Listed;
    let says = |setting: &SegmentSetting| is_listed || *setting != plain(setting.key.clone());
    group.segments = lines.iter().map(|line| line.setting.clone()).filter(says).collect();
}

/// Moves a line by one place; the order is then the person's own.
fn moved(spec: &mut Spec, mut lines: Vec<Line>, at: usize, up: bool) {
    let other = if up { at.checked_sub(1) } else { Some(at + 1).filter(|other| *other < lines.len()) };
    if let (Some(other), Some(group)) = (other, &mut spec.group) {
        lines.swap(at, other);
        group.order = Order::Listed;
        write(spec, &lines);
    }
}

/// The list, folded away. Nothing is shown before there are segments.
#[component]
pub(super) fn SegmentList(draft: Draft, previews: Query<Previewed>) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let data = previews.get().and_then(Result::ok).flatten().and_then(|(_, render)| render.data)?;
        Some(draft.spec.with(|spec| lines(spec, &data))).filter(|lines| !lines.is_empty())
    });
    let has_segments = Memo::new(move |_| shown.with(Option::is_some));
    move || {
        when(has_segments.get(), || {
            let list = move || {
                let lines = shown.get().unwrap_or_default();
                let all = StoredValue::new(lines.clone());
                lines.into_iter().enumerate().map(|(at, line)| row(draft, all, at, line)).collect::<Vec<_>>()
            };
            view! {
                <details class="details">
                    <summary>"Single segments"</summary>
                    <ul class="charts-segments">{list}</ul>
                </details>
            }
            .into_any()
        })
    }
}

fn row(draft: Draft, all: StoredValue<Vec<Line>>, at: usize, line: Line) -> AnyView {
    let change = move |change: &dyn Fn(&mut SegmentSetting)| {
        let mut lines = all.get_value();
        if let Some(line) = lines.get_mut(at) {
            change(&mut line.setting);
        }
        draft.spec.update(|spec| write(spec, &lines));
    };
    let original = line.label.clone();
    let rename = move |typed: String| {
        let label = Some(typed.trim().to_owned()).filter(|typed| !typed.is_empty() && *typed != original);
        change(&|setting| setting.label.clone_from(&label));
    };
    let recolor = move |word: String| {
        let color = Color::ALL.iter().copied().find(|color| color.as_str() == word);
        change(&|setting| setting.color = color);
    };
    let hide = move |hidden: bool| change(&|setting| setting.hidden = hidden);
    let go = move |up: bool| draft.spec.update(|spec| moved(spec, all.get_value(), at, up));
    let chosen = line.setting.color;
    let option = |color: &Color| {
        view! { <option value=color.as_str() selected=chosen == Some(*color)>{messages::color(*color)}</option> }
            .into_any()
    };
    let label = line.label.clone();
    let name = line.setting.label.clone().unwrap_or_else(|| label.clone());
    view! {
        <li>
            <input
                class="field-input"
                aria-label=format!("Name of {label}")
                prop:value=name
                on:change:target=move |event| rename(event.target().value())
            />
            <select class="select" aria-label=format!("Colour of {label}") on:change:target=move |event| recolor(event.target().value())>
                <option value="">"Usual colour"</option>
                {Color::ALL.iter().map(option).collect::<Vec<_>>()}
            </select>
            <label class="choice">
                <input type="checkbox" prop:checked=line.setting.hidden on:change:target=move |event| hide(event.target().checked()) />
                <span>"Hide" <span class="assistive">{format!(" {label}")}</span></span>
            </label>
            <Button label=format!("Move {label} up") disabled=Signal::stored(at == 0) on_press=move |()| go(true)>"↑"</Button>
            <Button label=format!("Move {label} down") disabled=Signal::derive(move || all.with_value(|all| at + 1 >= all.len())) on_press=move |()| go(false)>"↓"</Button>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use chart::{Amount, Counted, Counter};

    use super::*;
    use crate::charts::draft::empty_spec;

    fn data(keys: &[&str]) -> Data {
        let amount = Amount { issues: 1, value: 1.0, jql: None, url: None };
        let segment = |key: &&str| Segment {
            key: SegmentKey::Value((*key).to_owned()),
            label: key.to_uppercase(),
            color: None,
            category: None,
            amount: amount.clone(),
            cells: Vec::new(),
        };
        Data {
            total: amount.clone(),
            segments: keys.iter().map(segment).collect(),
            columns: Vec::new(),
            adds_up: true,
            counted: Counted { at: String::new(), by: Counter::Jira, zone: String::new() },
            notes: Vec::new(),
        }
    }

    fn keys(spec: &Spec) -> Vec<String> {
        let settings = spec.group.as_ref().map(|group| group.segments.clone()).unwrap_or_default();
        settings.iter().map(|setting| setting.key.to_string()).collect()
    }

    #[test]
    fn only_what_says_something_is_written_unless_the_order_is_the_persons_own() {
        let mut spec = empty_spec();
        let mut all = lines(&spec, &data(&["a", "b", "c"]));
        all[1].setting.color = Some(Color::Red);
        write(&mut spec, &all);
        assert_eq!(keys(&spec), ["value:b"]);
        moved(&mut spec, all.clone(), 2, true);
        assert_eq!(keys(&spec), ["value:a", "value:c", "value:b"]);
        assert_eq!(spec.group.as_ref().map(|group| group.order), Some(Order::Listed));
    }

    #[test]
    fn a_hidden_segment_can_be_shown_again() {
        let mut spec = empty_spec();
        let mut all = lines(&spec, &data(&["a", "b"]));
        all[0].setting.hidden = true;
        write(&mut spec, &all);
        let after = lines(&spec, &data(&["b"]));
        assert_eq!(after.iter().map(|line| line.label.as_str()).collect::<Vec<_>>(), ["B", "value:a"]);
        assert!(after[1].setting.hidden);
    }

    #[test]
    fn the_first_and_the_last_go_no_further() {
        let mut spec = empty_spec();
        let all = lines(&spec, &data(&["a", "b"]));
        moved(&mut spec, all.clone(), 0, true);
        moved(&mut spec, all, 1, false);
        assert_eq!(keys(&spec), Vec::<String>::new());
    }
}
