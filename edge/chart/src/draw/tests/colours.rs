//! The colours of charts, as the style sheet takes them from Atlassian's tokens: whether they can be seen, told apart by
//! people who see colours in another way, and are the same in a picture that leaves the page.

use std::{collections::BTreeMap, fs, path::PathBuf};

/// The sheet of the crate.
const SHEET: &str = include_str!("../chart.css");

/// The themes: the name, the block of tokens in Atlassian's sheet, and the block of slots in ours.
const THEMES: [(&str, &str, &str); 2] = [
    ("light", ":root{", "\n.chart {"),
    ("dark", ":root[data-color-mode=dark]{", ":root[data-color-mode=dark] .chart {"),
];

type Rgb = [f64; 3];

/// Names and values, such as those of a block of a style sheet.
type Declared = BTreeMap<String, String>;

fn tokens() -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../app/styles/atlaskit.css");
    fs::read_to_string(path).expect("the tokens are checked in")
}

/// The declarations of the block that begins with `start`; of the last such block.
fn block(sheet: &str, start: &str) -> Declared {
    let (_, after) = sheet.rsplit_once(start).expect("the block is there");
    let (body, _) = after.split_once('}').expect("it ends");
    body.split(';').filter_map(|one| one.split_once(':')).map(|(n, v)| (n.trim().into(), v.trim().into())).collect()
}

/// The token behind `var(--ds-…)`.
fn token(value: &str) -> &str {
    value.trim_start_matches("var(").trim_end_matches(')')
}

/// The hue classes with their colours in a theme, in hexadecimal, and other colours of the sheet by token.
struct Theme {
    name: &'static str,
    hues: Declared,
    tokens: Declared,
}

fn themes() -> Vec<Theme> {
    let all = tokens();
    let hues = SHEET.lines().filter_map(|line| {
        let (class, rest) = line.strip_prefix('.')?.split_once(" { --chart-hue: ")?;
        Some((class.to_owned(), rest.trim_end_matches("; }").to_owned()))
    });
    let hues: Declared = hues.collect();
    assert_eq!(hues.len(), 21, "every hue is found");
    let theme = |(name, start, slots): (&'static str, &str, &str)| {
        let tokens = block(&all, start);
        let slots = block(SHEET, slots);
        let resolved = hues.iter().map(|(class, value)| {
            let value = slots.get(token(value)).unwrap_or(value);
            (class.clone(), tokens.get(token(value)).expect("a token of Atlassian's").clone())
        });
        Theme { name, hues: resolved.collect(), tokens: tokens.clone() }
    };
    THEMES.into_iter().map(theme).collect()
}

fn rgb(hex: &str) -> Rgb {
    let part = |at: usize| u8::from_str_radix(hex.get(at..at + 2).expect("six digits"), 16).expect("hexadecimal");
    [1, 3, 5].map(|at| f64::from(part(at)) / 255.0)
}

/// Light instead of voltage (IEC 61966-2-1).
fn linear(colour: Rgb) -> Rgb {
    colour.map(|part| if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) })
}

/// The contrast of two colours (WCAG 2.2, *contrast ratio*).
fn contrast(one: Rgb, other: Rgb) -> f64 {
    let luminance = |[r, g, b]: Rgb| 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let (one, other) = (luminance(linear(one)), luminance(linear(other)));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

type Matrix = [[f64; 3]; 3];

fn times(matrix: Matrix, [x, y, z]: Rgb) -> Rgb {
    matrix.map(|[a, b, c]| a * x + b * y + c * z)
}

/// How people see colours: in full, without red, without green (Machado, Oliveira, Fernandes 2009, severity 1).
const SIGHTS: [(&str, Matrix); 3] = [
    ("full", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protan",
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
    ),
    (
        "deutan",
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
    ),
];

/// CIE L*a*b* under D65, of linear light.
fn lab(colour: Rgb) -> Rgb {
    const XYZ: Matrix =
        [[0.412_456, 0.357_576, 0.180_438], [0.212_673, 0.715_152, 0.072_175], [0.019_334, 0.119_192, 0.950_304]];
    let f = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    let [x, y, z] = times(XYZ, colour.map(|part| part.clamp(0.0, 1.0)));
    let (x, y, z) = (f(x / 0.950_47), f(y), f(z / 1.088_83));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// How different two colours look (CIE76).
fn distance(one: Rgb, other: Rgb, sight: Matrix) -> f64 {
    let [one, other] = [one, other].map(|colour| lab(times(sight, linear(colour))));
    one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn every_colour_stands_out_from_the_page_in_both_themes() {
    for theme in themes() {
        let surface = rgb(theme.tokens.get("--ds-surface").expect("a surface"));
        for (class, hex) in &theme.hues {
            let contrast = contrast(rgb(hex), surface);
            assert!(contrast >= 3.0, "{class} in the {} theme: {contrast:.2}", theme.name);
        }
    }
}

#[test]
fn the_hues_of_the_palette_can_be_told_apart_by_everybody() {
    for theme in themes() {
        let palette: Vec<_> = theme.hues.iter().filter(|(class, _)| class.len() == "chart-1".len()).collect();
        assert_eq!(palette.len(), 6);
        for (at, (class, hex)) in palette.iter().enumerate() {
            for (other_class, other) in palette.iter().skip(at + 1) {
                for (sight, matrix) in SIGHTS {
                    let distance = distance(rgb(hex), rgb(other), matrix);
                    assert!(distance >= 25.0, "{class}, {other_class}, {} theme, {sight}: {distance:.1}", theme.name);
                }
            }
        }
    }
}

#[test]
fn the_dark_hues_are_the_same_whether_the_system_or_the_person_chose_dark() {
    let by_person = block(SHEET, ":root[data-color-mode=dark] .chart {");
    assert_eq!(block(SHEET, ":root:not([data-color-mode=light]) .chart {"), by_person);
}

/// What a picture needs of a theme: its colours, without variables, which not every program that shows SVG knows.
fn rules(theme: &Theme) -> String {
    let colour = |token: &str| theme.tokens.get(token).expect("a token").clone();
    let surface = colour("--ds-surface");
    let mut rules = format!(
        ".chart-surface,.chart-ground{{fill:{surface}}}\ntext{{fill:{}}}\n\
         .chart-value,.chart-goal-words,.chart-label,.chart-legend,.chart-number,.chart-title{{fill:{}}}\n\
         .chart-value,.chart-goal-words,.chart-slice,.chart-pattern-hatch{{stroke:{surface}}}\n\
         .chart-grid{{stroke:{}}}\n.chart-axis{{stroke:{}}}\n.chart-goal{{stroke:{}}}\n.chart-track{{fill:{}}}\n",
        colour("--ds-text-subtle"),
        colour("--ds-text"),
        colour("--ds-border"),
        colour("--ds-border-bold"),
        colour("--ds-text"),
        colour("--ds-background-neutral"),
    );
    for (class, hex) in &theme.hues {
        rules.extend([".chart-fill.", class, ",.chart-veil.", class, "{fill:", hex, "}\n"]);
        rules.extend([".chart-line.", class, "{stroke:", hex, "}\n"]);
    }
    rules
}

#[test]
fn a_picture_has_the_colours_of_the_page() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/draw");
    for theme in themes() {
        let path = folder.join(format!("picture-{}.css", theme.name));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, rules(&theme)).expect("it can be written");
        }
        let known = fs::read_to_string(&path).expect("it is there");
        assert_eq!(known, rules(&theme), "UPDATE_GOLDEN=1 cargo test -p chart, twice");
    }
}
