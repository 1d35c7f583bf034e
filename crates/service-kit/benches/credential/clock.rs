//! Processor time of one thread, and two works measured in turn: a machine that others use moves both alike.

use core::time::Duration;

/// Turns, of which the median counts.
const ROUNDS: usize = 21;
/// Processor time of one turn, at least.
const TURN: Duration = Duration::from_millis(25);

/// Two works beside each other, in microseconds a run.
pub(crate) struct Compared {
    pub(crate) ours: f64,
    pub(crate) reference: f64,
    /// The median of the turns' ratios, ours to the reference.
    pub(crate) ratio: f64,
}

/// Measures two works in turn.
pub(crate) fn compare(mut ours: impl FnMut(), mut reference: impl FnMut()) -> Compared {
    let (count, other) = (fill_turn(&mut ours), fill_turn(&mut reference));
    let mut turn = || (micros(count, &mut ours), micros(other, &mut reference));
    let turns: Vec<(f64, f64)> = (0..ROUNDS).map(|_| turn()).collect();
    Compared {
        ours: median(turns.iter().map(|(ours, _)| *ours)),
        reference: median(turns.iter().map(|(_, reference)| *reference)),
        ratio: median(turns.iter().map(|(ours, reference)| ours / reference)),
    }
}

/// Microseconds of one run of `work`.
pub(crate) fn measure(mut work: impl FnMut()) -> f64 {
    let count = fill_turn(&mut work);
    median((0..ROUNDS).map(|_| micros(count, &mut work)))
}

/// How many runs fill a turn; they warm up what is measured.
pub(crate) fn fill_turn(work: &mut impl FnMut()) -> u32 {
    let mut count = 1;
    while spent(count, work) < TURN {
        count *= 2;
    }
    count
}

pub(crate) fn micros(count: u32, work: &mut impl FnMut()) -> f64 {
    spent(count, work).as_secs_f64() * 1e6 / f64::from(count)
}

fn spent(count: u32, work: &mut impl FnMut()) -> Duration {
    let before = now();
    (0..count).for_each(|_| work());
    now() - before
}

/// Processor time that this thread has used. Linux brings the figure up to date when the thread yields.
fn now() -> Duration {
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts processor time");
    let nanos = text.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.expect("nanoseconds come first"))
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
