//! Writes every golden picture into two pages, one for each theme, to be looked at:
//!
//! ```sh
//! cargo run -p chart --example gallery    # target/charts/light.html and dark.html
//! ```

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.join("../..");
    let mut names: Vec<String> = fs::read_dir(here.join("golden"))?
        .map(|file| Ok(file?.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<_>>()?;
    names.sort();
    let mut body = String::new();
    for name in names {
        let picture = fs::read_to_string(here.join("golden").join(&name))?;
        let shown = if name.starts_with("picture-") {
            format!("<img alt=\"\" src=\"../../edge/chart/golden/{name}\">")
        } else if picture.starts_with("<svg") {
            format!("<figure class=\"chart\">{picture}</figure>")
        } else {
            picture
        };
        body.extend(["<section><h2>", &name, "</h2>", &shown, "</section>\n"]);
    }
    let tokens = fs::read_to_string(root.join("app/styles/atlaskit.css"))?;
    let styles = fs::read_to_string(here.join("src/draw/chart.css"))?;
    let folder = root.join("target/charts");
    fs::create_dir_all(&folder)?;
    for theme in ["light", "dark"] {
        let page = format!(
            "<!doctype html><html lang=\"en\" data-color-mode=\"{theme}\"><meta charset=\"utf-8\"><title>Charts</title>\
             <style>{tokens}{styles}body{{background:var(--ds-surface);padding:16px;display:flex;flex-wrap:wrap;gap:32px}}\
             section{{width:680px}}h2{{font:var(--ds-font-body-small);color:var(--ds-text-subtlest)}}</style>{body}"
        );
        fs::write(folder.join(format!("{theme}.html")), page)?;
    }
    println!("{}", folder.join("light.html").canonicalize()?.display());
    Ok(())
}
