//! A site's avatar, or its initials.

use leptos::prelude::*;
use web_sys::Element;

use super::markup::Markup;

/// Where Atlassian keeps avatars. The content security policy in `public/_headers` allows the same.
const HOSTS: [&str; 2] = [".atl-paas.net", ".atlassian.com"];

/// Whether a picture may be loaded from `address`: from Atlassian over https, or over http from this machine if the app
/// runs on it too (the model of Atlassian does). Any other address shows initials instead.
fn may_be_loaded(address: &str, app_is_local: bool) -> bool {
    let http_here = ["http://127.0.0.1:", "http://localhost:"].iter().any(|start| address.starts_with(start));
    let host = address.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| HOSTS.iter().any(|end| host.ends_with(end))) || (app_is_local && http_here)
}

/// At most two letters that stand for `name`. The style sheet makes capitals of those that are not ASCII, and what counts
/// as a letter is a rule of thumb: the standard library's tables of letters and capitals take 6 KB of the first load.
fn initials(name: &str) -> String {
    let is_letter = |c: &char| match c {
        '\0'..='\u{bf}' => c.is_ascii_alphanumeric(),
        // Punctuation, and characters that turn the direction of writing.
        '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' => false,
        _ => true,
    };
    let letters = name.split_whitespace().filter_map(|word| word.chars().find(is_letter));
    letters.take(2).map(|letter| letter.to_ascii_uppercase()).collect()
}

fn app_is_local() -> bool {
    window().location().hostname().is_ok_and(|host| matches!(host.as_str(), "localhost" | "127.0.0.1"))
}

/// The avatar of something named `name`. Hidden from screen readers: the name is shown beside it.
pub(crate) fn avatar(name: &str, address: Option<&str>) -> AnyView {
    let initials = initials(name);
    let Some(source) = address.filter(|address| may_be_loaded(address, app_is_local())).map(str::to_owned) else {
        return view! { <span class="avatar" aria-hidden="true">{initials}</span> }.into_any();
    };
    let failed = RwSignal::new(false);
    let shown = move || {
        if failed.get() {
            return initials.clone().into_any();
        }
        let source = source.clone();
        view! { <img src=source alt="" referrerpolicy="no-referrer" on:error=move |_| failed.set(true) /> }.into_any()
    };
    view! { <span class="avatar" aria-hidden="true">{shown}</span> }.into_any()
}

/// The same as [`avatar`], as HTML. Whoever shows it calls [`failed`] when the picture cannot be loaded.
pub(crate) fn write(markup: &mut Markup, name: &str, address: Option<&str>) {
    let initials = initials(name);
    markup.ours("<span class=\"avatar\" aria-hidden=\"true\" data-initials=\"").text(&initials).ours("\">");
    match address.filter(|address| address.starts_with("http") && may_be_loaded(address, app_is_local())) {
        Some(address) => markup.ours("<img alt=\"\" referrerpolicy=\"no-referrer\" src=\"").text(address).ours("\">"),
        None => markup.text(&initials),
    }
    .ours("</span>");
}

/// Replaces a picture that could not be loaded by the initials.
pub(crate) fn failed(picture: &Element) {
    if let Some(avatar) = picture.parent_element() {
        avatar.set_text_content(avatar.get_attribute("data-initials").as_deref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_loaded_from_atlassian_or_from_this_machine_only() {
        assert!(may_be_loaded("https://site-admin-avatar-cdn.prod.public.atl-paas.net/avatars/240/flag.png", false));
        assert!(may_be_loaded("http://127.0.0.1:9000/avatar.svg", true));
        let refused =
            ["http://127.0.0.1:9000/a", "http://a.atlassian.com/", "javascript:alert(1)", "data:image/png,", "//x"];
        for address in refused {
            assert!(!may_be_loaded(address, false), "{address}");
        }
        assert!(!may_be_loaded("http://127.0.0.1.evil.example/", true));
        for elsewhere in
            ["https://evil.example/x.atlassian.com", "https://evil.example?.atl-paas.net", "https://atlassian.com.evil"]
        {
            assert!(!may_be_loaded(elsewhere, false), "{elsewhere}");
        }
    }

    #[test]
    fn initials_are_two_letters_of_any_script() {
        assert_eq!(initials("acme staging site"), "AS");
        assert_eq!(initials("<b>"), "B");
        assert_eq!(initials("(日本) \u{202e}ümlaut"), "日ü");
        assert_eq!(initials("  "), "");
    }
}
