//! A scene as SVG. It carries classes and no colours or styles, so a chart follows the themes of the page. Where colours
//! are forced, and where there is no style sheet, patterns tell the hues apart.

use super::{
    Direction, Frame,
    hue::{Hue, SLOTS},
    markup::Markup,
    number::coordinate,
    scene::{Anchor, Paint, Scene, Shape, Slice, Stroke, Target, Text, Wording},
};

/// The patterns, as paths in a square of 8 pixels. The first is filled, and needs none.
const PATTERNS: [&str; SLOTS] = [
    "",
    "M-2 2L2 -2M0 8L8 0M6 10L10 6",
    "M-2 6L2 10M0 0L8 8M6 -2L10 2",
    "M0 2H8M0 6H8",
    "M1 2H3M5 6H7",
    "M0 4H8M4 0V8",
];

/// What a picture is called, for those who cannot see it.
#[derive(Clone, Debug)]
pub(crate) struct Naming {
    /// Its title.
    pub(crate) title: String,
    /// What it shows, in a sentence.
    pub(crate) sentence: String,
}

/// Whether the marks of a picture can have the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// They can: the picture is a group of them. An image could not contain what has the focus.
    Live,
    /// The picture is an image, with this style sheet within.
    Still(&'static str),
}

/// Writes the SVG.
pub(crate) fn svg(scene: &Scene, frame: &Frame, naming: &Naming, purpose: Use) -> String {
    let mut writer = Writer { markup: Markup::default(), frame, is_live: purpose == Use::Live, focusable: true };
    writer.root(scene, naming, purpose);
    writer.markup.written()
}

struct Writer<'a> {
    markup: Markup,
    frame: &'a Frame,
    is_live: bool,
    /// Whether the next target is the one that the Tab key reaches; arrow keys reach the others.
    focusable: bool,
}

impl Writer<'_> {
    fn root(&mut self, scene: &Scene, naming: &Naming, purpose: Use) {
        let (width, height) = (f64::from(self.frame.width), scene.height);
        let view = format!("0 0 {} {}", coordinate(width), coordinate(height));
        self.markup.open("svg").attribute("xmlns", "http://www.w3.org/2000/svg").attribute("class", "chart-picture");
        self.markup.attribute("viewBox", &view).length("width", width).length("height", height);
        self.markup.attribute("direction", self.frame.direction.as_str());
        match purpose {
            Use::Live => {
                let name = format!("{}. {}", naming.title, naming.sentence);
                self.markup.attribute("role", "group").attribute("aria-label", &name).inside();
            }
            Use::Still(style) => {
                self.markup.attribute("role", "img").inside().element("title", "", &naming.title);
                self.markup.element("desc", "", &naming.sentence);
                self.markup.open("style").inside().ours(style).close("style");
                self.rect(Paint::Track, "chart-surface", (0.0, 0.0, width, height));
            }
        }
        self.patterns(scene);
        self.hidden(&scene.scenery);
        for target in &scene.targets {
            self.target(target);
        }
        self.hidden(&scene.front);
        self.markup.close("svg");
    }

    fn hidden(&mut self, shapes: &[Shape]) {
        if shapes.is_empty() {
            return;
        }
        self.markup.open("g").attribute("aria-hidden", "true").inside();
        for shape in shapes {
            self.shape(shape);
        }
        self.markup.close("g");
    }

    fn target(&mut self, target: &Target) {
        let url = target.url.as_deref().filter(|url| self.is_live && is_web(url));
        let element = if url.is_some() { "a" } else { "g" };
        self.markup.open(element).attribute("class", "chart-target");
        if let Some(url) = url {
            self.markup.attribute("href", url).attribute("target", "_blank").attribute("rel", "noopener noreferrer");
        }
        if self.is_live {
            let order = if std::mem::take(&mut self.focusable) { "0" } else { "-1" };
            if url.is_none() {
                self.markup.attribute("role", "img");
            }
            self.markup.attribute("tabindex", order).attribute("aria-label", &target.name);
        }
        self.markup.inside().element("title", "", &target.name);
        for shape in &target.shapes {
            self.shape(shape);
        }
        self.markup.close(element);
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Rect { paint, x, y, width, height } => {
                self.rect(*paint, paint_class(*paint), (*x, *y, *width, *height));
            }
            Shape::Line { stroke, from, to } => {
                self.stroke("line", *stroke);
                self.markup.length("x1", from.0).length("y1", from.1).length("x2", to.0).length("y2", to.1).empty();
            }
            Shape::Points { stroke, points } => {
                self.stroke("path", *stroke);
                self.markup.attribute("fill", "none").attribute("d", &path(points)).empty();
            }
            Shape::Area { paint, points } => {
                self.filled(*paint, paint_class(*paint), &format!("{}Z", path(points)));
            }
            Shape::Dot { paint, at, radius } => {
                self.fill("circle", *paint, paint_class(*paint));
                self.markup.length("cx", at.0).length("cy", at.1).length("r", *radius).empty();
            }
            Shape::Slice(slice) => {
                let class = if slice.paint == Paint::Track { "chart-track" } else { "chart-fill chart-slice" };
                self.filled(slice.paint, class, &ring(*slice));
            }
            Shape::Text(text) => self.text(text),
        }
    }

    fn rect(&mut self, paint: Paint, class: &'static str, (x, y, width, height): (f64, f64, f64, f64)) {
        let mut one = |paint, class| {
            self.fill("rect", paint, class);
            self.markup.length("x", x).length("y", y).length("width", width.max(0.0));
            self.markup.length("height", height.max(0.0)).empty();
        };
        one(paint, class);
        if is_repeated(paint) {
            one(Paint::Track, "chart-hatch");
        }
    }

    fn filled(&mut self, paint: Paint, class: &'static str, path: &str) {
        self.fill("path", paint, class);
        self.markup.attribute("d", path).empty();
        if is_repeated(paint) {
            self.fill("path", Paint::Track, "chart-hatch");
            self.markup.attribute("d", path).empty();
        }
    }

    /// Begins an element that is filled.
    fn fill(&mut self, element: &'static str, paint: Paint, class: &'static str) {
        let (hue, fill) = match paint {
            Paint::Fill(hue) if hue.pattern() == 0 => (Some(hue), "currentColor".to_owned()),
            Paint::Fill(hue) => (Some(hue), format!("url(#{}-{})", self.frame.id(), hue.pattern())),
            Paint::Track if class == "chart-hatch" => (None, format!("url(#{}-hatch)", self.frame.id())),
            Paint::Veil(hue) => (Some(hue), "none".to_owned()),
            Paint::Track | Paint::Ground | Paint::Nothing => (None, "none".to_owned()),
        };
        self.markup.open(element).attribute("class", &classes(class, hue)).attribute("fill", &fill);
        if paint == Paint::Nothing {
            self.markup.attribute("pointer-events", "all");
        }
    }

    /// Begins a line.
    fn stroke(&mut self, element: &'static str, stroke: Stroke) {
        let (class, hue) = match stroke {
            Stroke::Axis => ("chart-axis", None),
            Stroke::Grid => ("chart-grid", None),
            Stroke::Goal => ("chart-goal", None),
            Stroke::Values(hue) if is_repeated(Paint::Fill(hue)) => ("chart-line chart-dashed", Some(hue)),
            Stroke::Values(hue) => ("chart-line", Some(hue)),
        };
        self.markup.open(element).attribute("class", &classes(class, hue)).attribute("stroke", "currentColor");
    }

    fn text(&mut self, text: &Text) {
        let class = match text.wording {
            Wording::Label => "chart-label",
            Wording::Value => "chart-value",
            Wording::Tick => "chart-tick",
            Wording::Legend => "chart-legend",
            Wording::Goal => "chart-goal-words",
            Wording::Number => "chart-number",
            Wording::Caption => "chart-caption",
            Wording::Title => "chart-title",
            Wording::Words => "chart-words",
        };
        let anchor = match text.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.markup.open("text").attribute("class", class).length("x", text.x).length("y", text.y);
        self.markup.attribute("text-anchor", anchor);
        if text.rises {
            let angle = if self.frame.direction == Direction::RightToLeft { 45 } else { -45 };
            let turned = format!("rotate({angle} {} {})", coordinate(text.x), coordinate(text.y));
            self.markup.attribute("transform", &turned);
        }
        self.markup.inside();
        if let Some(whole) = &text.whole {
            self.markup.element("title", "", whole);
        }
        // In a right-to-left picture every text keeps its own direction.
        if self.frame.direction == Direction::RightToLeft {
            self.markup.text("\u{2068}").text(&text.words).text("\u{2069}");
        } else {
            self.markup.text(&text.words);
        }
        self.markup.close("text");
    }

    /// Declares the patterns that the scene uses.
    fn patterns(&mut self, scene: &Scene) {
        let shapes = scene.scenery.iter().chain(scene.targets.iter().flat_map(|target| &target.shapes));
        let fills: Vec<Hue> = shapes.filter_map(|shape| paint_of(shape).and_then(hue_of)).collect();
        let used = |at: &usize| fills.iter().any(|hue| hue.pattern() == *at);
        let used: Vec<usize> = (1..PATTERNS.len()).filter(used).collect();
        let hatched = fills.iter().any(|hue| is_repeated(Paint::Fill(*hue)));
        if used.is_empty() && !hatched {
            return;
        }
        self.markup.open("defs").inside();
        for at in used {
            let lines = PATTERNS.get(at).copied().unwrap_or_default();
            self.pattern(&at.to_string(), "chart-pattern", lines);
        }
        if hatched {
            self.pattern("hatch", "chart-pattern chart-pattern-hatch", "M0 4H8");
        }
        self.markup.close("defs");
    }

    fn pattern(&mut self, name: &str, class: &'static str, lines: &str) {
        let id = format!("{}-{name}", self.frame.id());
        self.markup.open("pattern").attribute("id", &id).attribute("width", "8").attribute("height", "8");
        self.markup.attribute("patternUnits", "userSpaceOnUse").inside();
        self.markup.open("path").attribute("class", class).attribute("d", lines).attribute("stroke", "currentColor");
        self.markup.attribute("stroke-width", "2").attribute("fill", "none").empty().close("pattern");
    }
}

/// Whether an address may be a link. Addresses are made by the edge; this is for those that were stored by another
/// version of it.
pub(crate) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn paint_of(shape: &Shape) -> Option<Paint> {
    match shape {
        Shape::Rect { paint, .. } | Shape::Area { paint, .. } | Shape::Dot { paint, .. } => Some(*paint),
        Shape::Slice(slice) => Some(slice.paint),
        _ => None,
    }
}

fn hue_of(paint: Paint) -> Option<Hue> {
    match paint {
        Paint::Fill(hue) => Some(hue),
        _ => None,
    }
}

/// Whether the palette has begun again: then something else than the colour must differ.
fn is_repeated(paint: Paint) -> bool {
    matches!(paint, Paint::Fill(Hue::Slot(slot)) if slot >= SLOTS)
}

fn paint_class(paint: Paint) -> &'static str {
    match paint {
        Paint::Fill(_) => "chart-fill",
        Paint::Veil(_) => "chart-veil",
        Paint::Track => "chart-track",
        Paint::Ground => "chart-ground",
        Paint::Nothing => "chart-hit",
    }
}

fn classes(class: &str, hue: Option<Hue>) -> String {
    hue.map_or_else(|| class.to_owned(), |hue| format!("{class} {}", hue.class()))
}

fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (x, y) in points {
        path.push(if path.is_empty() { 'M' } else { 'L' });
        path.push_str(&coordinate(*x));
        path.push(' ');
        path.push_str(&coordinate(*y));
    }
    path
}

/// The outline of a part of a ring. A whole ring is two circles, because an arc from a point to itself is nothing.
fn ring(slice: Slice) -> String {
    let (begins, ends) = slice.turns;
    let way = if slice.is_reversed { -1.0 } else { 1.0 };
    let at = |turn: f64, radius: f64| {
        let (sin, cos) = (turn * std::f64::consts::TAU).sin_cos();
        format!("{} {}", coordinate(slice.centre.0 + way * radius * sin), coordinate(slice.centre.1 - radius * cos))
    };
    let (inner, outer) = slice.radii;
    let (there, back) = if slice.is_reversed { (0, 1) } else { (1, 0) };
    let large = u8::from(ends - begins > 0.5);
    let arc = |radius: f64, sweep: u8, to: f64| {
        let words = coordinate(radius);
        format!("A{words} {words} 0 {large} {sweep} {}", at(to, radius))
    };
    if ends - begins > 0.999_9 {
        let circle =
            |radius, sweep| format!("M{}{}{}Z", at(0.0, radius), arc(radius, sweep, 0.5), arc(radius, sweep, 1.0));
        return circle(outer, there) + &circle(inner, back);
    }
    let (to, fro) = (arc(outer, there, ends), arc(inner, back, begins));
    format!("M{}{to}L{}{fro}Z", at(begins, outer), at(ends, inner))
}
