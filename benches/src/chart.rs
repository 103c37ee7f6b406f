//! Line charts as SVG, with logarithmic axes: linear growth is the dashed line.

use std::fmt::Write;

use crate::growth::{Growth, Line, Panel};

const COLORS: [&str; 4] = ["#2563eb", "#dc2626", "#16a34a", "#9333ea"];

// The size of a panel, and the room around its plot for numbers and titles.
const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 42.0;
/// The height of a line of the legend.
const LEGEND: f64 = 18.0;

/// Draws all panels beside each other, with one legend below.
#[must_use]
pub fn draw(growth: &Growth) -> String {
    let names = growth.panels.iter().map(|panel| &panel.lines);
    let names: Vec<&str> = names
        .max_by_key(|lines| lines.len())
        .map(|lines| lines.iter().map(|line| line.name).collect())
        .unwrap_or_default();
    let (mut width, mut panels) = (0.0, String::new());
    for panel in &growth.panels {
        let _ = write!(panels, "<g transform=\"translate({width:.0} 0)\">");
        draw_panel(&mut panels, panel, growth.of);
        panels.push_str("</g>\n");
        width += WIDTH;
    }
    let mut legend = String::new();
    let mut y = HEIGHT + LEGEND;
    for (name, color) in names.iter().zip(COLORS) {
        key(&mut legend, y, name, color, "");
        y += LEGEND;
    }
    key(
        &mut legend,
        y,
        "linear growth",
        "#888",
        " stroke-dasharray=\"4 4\"",
    );
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" font-family=\"sans-serif\" font-size=\"11\" fill=\"#222\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{panels}{legend}</svg>\n",
        height = y + LEGEND,
    )
}

fn key(svg: &mut String, y: f64, name: &str, color: &str, style: &str) {
    let _ = writeln!(
        svg,
        "<line x1=\"{LEFT}\" x2=\"{end}\" y1=\"{y}\" y2=\"{y}\" stroke=\"{color}\" stroke-width=\"2\"{style}/>\
         <text x=\"{text}\" y=\"{base}\">{name}</text>",
        end = LEFT + 24.0,
        text = LEFT + 32.0,
        base = y + 4.0,
    );
}

/// The powers of ten around these values.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let logarithms = values.filter(|value| *value > 0.0).map(f64::log10);
    let (least, most) = logarithms.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), it| {
        (least.min(it), most.max(it))
    });
    if least > most {
        return (0.0, 1.0);
    }
    let (least, most) = (least.floor(), most.ceil());
    (least, if most > least { most } else { least + 1.0 })
}

fn draw_panel(svg: &mut String, panel: &Panel, of: &str) {
    let points = || panel.lines.iter().flat_map(|line| &line.points);
    let (left, right) = range(points().map(|point| point.0));
    let (bottom, top) = range(points().map(|point| point.1));
    let x = |number: f64| LEFT + (number.log10() - left) / (right - left) * (WIDTH - LEFT - RIGHT);
    let y = |quantity: f64| {
        let share = (quantity.log10() - bottom) / (top - bottom);
        HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
    };
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"18\" font-size=\"13\" font-weight=\"bold\">{}</text>\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{of}</text>",
        panel.title,
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 8.0,
    );
    for power in powers(bottom, top) {
        let at = y(power);
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{power}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            at + 4.0,
        );
    }
    for power in powers(left, right) {
        let at = x(power);
        let _ = writeln!(
            svg,
            "<line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{TOP}\" y2=\"{}\" stroke=\"#ddd\"/>\
             <text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{power}</text>",
            HEIGHT - BOTTOM,
            HEIGHT - BOTTOM + 14.0,
        );
    }
    for (line, color) in panel.lines.iter().zip(COLORS) {
        draw_line(svg, line, color, x, y);
        // From the first point on, as far as it stays in the panel.
        if let [(number, quantity), .., (last, _)] = line.points[..] {
            let factor = (last / number).min(10f64.powf(top) / quantity);
            let _ = writeln!(
                svg,
                "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"#888\" stroke-dasharray=\"4 4\"/>",
                x(number),
                y(quantity),
                x(number * factor),
                y(quantity * factor)
            );
        }
    }
}

/// The powers of ten between two logarithms, both included.
fn powers(least: f64, most: f64) -> impl Iterator<Item = f64> {
    let next = move |power: &f64| Some(power + 1.0).filter(|power| *power <= most);
    std::iter::successors(Some(least), next).map(|power| {
        // A negative power is not exact otherwise, and is printed.
        if power < 0.0 {
            1.0 / 10f64.powf(-power)
        } else {
            10f64.powf(power)
        }
    })
}

fn draw_line(
    svg: &mut String,
    line: &Line,
    color: &str,
    x: impl Fn(f64) -> f64,
    y: impl Fn(f64) -> f64,
) {
    let points = line.points.iter().filter(|(_, quantity)| *quantity > 0.0);
    let points: Vec<_> = points.map(|point| (x(point.0), y(point.1))).collect();
    let path = points.iter().map(|(x, y)| format!("{x:.1},{y:.1} "));
    let _ = writeln!(
        svg,
        "<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" points=\"{}\"/>",
        path.collect::<String>().trim_end()
    );
    for (x, y) in points {
        let _ = writeln!(
            svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{color}\"/>"
        );
    }
}
