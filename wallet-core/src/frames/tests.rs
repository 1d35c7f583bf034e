//! Frames that come in any way, and frames that nobody made.

use qrcode::{EcLevel, QrCode, Version};

use super::*;

fn message(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 7 + at / 251) as u8).collect()
}

/// The message, once the last of `frames` has made it whole.
fn collect(frames: impl IntoIterator<Item = String>) -> Option<Vec<u8>> {
    let mut collector = Collector::new();
    frames.into_iter().find_map(|frame| match collector.take(&frame) {
        Ok(Progress::Whole(message)) => Some(message),
        _ => None,
    })
}

#[test]
fn every_size_comes_back() {
    for len in [0, 1, 31, 322, 323, 324, 354, 355, 1000, 7000, MAX_MESSAGE] {
        let frames = split(&message(len)).unwrap();
        assert_eq!(frames.len(), (len + 32).div_ceil(PIECE), "{len}");
        assert_eq!(collect(frames), Some(message(len)), "{len}");
    }
}

#[test]
fn a_short_message_is_one_frame() {
    assert_eq!(split(&message(PIECE - 32)).unwrap().len(), 1);
    assert_eq!(split(b"short").unwrap().len(), 1);
}

#[test]
fn a_message_beyond_the_limit_is_not_cut_up() {
    assert_eq!(split(&message(MAX_MESSAGE + 1)), Err(FrameError::TooLarge));
}

#[test]
fn frames_come_in_any_order_and_as_often_as_they_like() {
    let frames = split(&message(3000)).unwrap();
    let backwards = frames.iter().rev().cloned();
    assert_eq!(collect(backwards.flat_map(|frame| [frame.clone(), frame])), Some(message(3000)));
    let missing_one = frames.iter().skip(1).cloned();
    assert_eq!(collect(missing_one.clone().chain(missing_one)), None);
}

#[test]
fn progress_counts_each_frame_once() {
    let frames = split(&message(1000)).unwrap();
    let mut collector = Collector::new();
    assert_eq!(collector.take(&frames[1]), Ok(Progress::Part { got: 1, of: 3 }));
    assert_eq!(collector.take(&frames[1]), Ok(Progress::Part { got: 1, of: 3 }));
    assert_eq!(collector.take(&frames[0]), Ok(Progress::Part { got: 2, of: 3 }));
}

#[test]
fn a_frame_of_another_message_is_refused_and_undoes_nothing() {
    let (one, other) = (split(&message(1000)).unwrap(), split(&message(1001)).unwrap());
    let mut collector = Collector::new();
    collector.take(&one[0]).unwrap();
    assert_eq!(collector.take(&other[1]), Err(FrameError::OtherMessage));
    collector.take(&one[1]).unwrap();
    assert_eq!(collector.take(&one[2]), Ok(Progress::Whole(message(1000))));
}

#[test]
fn a_collector_that_is_done_takes_the_next_message() {
    let mut collector = Collector::new();
    assert_eq!(collector.take(&split(b"one").unwrap()[0]), Ok(Progress::Whole(b"one".to_vec())));
    assert_eq!(collector.take(&split(b"two").unwrap()[0]), Ok(Progress::Whole(b"two".to_vec())));
}

#[test]
fn a_piece_that_was_changed_makes_no_message_and_the_next_loop_does() {
    let frames = split(&message(1000)).unwrap();
    let forged = swap_piece(&frames[1], &frames[0]);
    let mut collector = Collector::new();
    collector.take(&frames[0]).unwrap();
    collector.take(&forged).unwrap();
    assert_eq!(collector.take(&frames[2]), Err(FrameError::Damaged));
    for frame in &frames[..2] {
        collector.take(frame).unwrap();
    }
    assert_eq!(collector.take(&frames[2]), Ok(Progress::Whole(message(1000))));
}

/// `frame` with the piece of `other`.
fn swap_piece(frame: &str, other: &str) -> String {
    let head = frame.rsplit_once('/').unwrap().0;
    format!("{head}/{}", other.rsplit_once('/').unwrap().1)
}

#[test]
fn pieces_of_two_messages_under_one_name_make_neither() {
    let (one, other) = (split(&message(1000)).unwrap(), split(&[7; 1000]).unwrap());
    let mixed = [one[0].clone(), swap_piece(&one[1], &other[1]), one[2].clone()];
    assert_eq!(collect(mixed), None);
}

#[test]
fn what_is_no_frame_is_refused() {
    let good = split(&message(1000)).unwrap()[0].clone();
    let (head, piece) = good.rsplit_once('/').unwrap();
    let name = head.rsplit_once('/').unwrap().1;
    for bad in [
        "",
        "SYMBOLON:",
        "openid4vp://?x",
        &good.to_lowercase(),
        &good.replacen("1/3", "0/3", 1),
        &good.replacen("1/3", "4/3", 1),
        &good.replacen("1/3", "01/3", 1),
        &good.replacen("1/3", "+1/3", 1),
        &good.replacen("1/3", "1/186", 1),
        &good.replacen("1/3", "1/99999999999999999999", 1),
        &good.replacen(name, "AAAA", 1),
        &format!("{good}/A"),
        &format!("{good}="),
        &format!("{head}/"),
        &format!("{head}/1{piece}"),
        &format!("{good}{}", "A".repeat(MAX_FRAME)),
        &piece[..piece.len() - 1],
    ] {
        assert_eq!(Collector::new().take(bad), Err(FrameError::Malformed), "{bad:.40}");
    }
}

#[test]
fn ten_thousand_frames_of_strangers_leave_no_trace() {
    let mine = split(&message(3000)).unwrap();
    let mut collector = Collector::new();
    collector.take(&mine[0]).unwrap();
    for number in 0..10_000u32 {
        let frame = &split(&number.to_be_bytes()).unwrap()[0];
        assert_eq!(collector.take(frame), Err(FrameError::OtherMessage));
    }
    assert_eq!(collector.pieces.len(), 1);
    for frame in &mine[1..mine.len() - 1] {
        collector.take(frame).unwrap();
    }
    assert_eq!(collector.take(mine.last().unwrap()), Ok(Progress::Whole(message(3000))));
}

#[test]
fn the_largest_frame_fits_a_code_of_version_15_that_survives_damage() {
    let frames = split(&message(MAX_MESSAGE)).unwrap();
    assert_eq!(frames.len(), MAX_FRAMES);
    for text in [&frames[0], &frames[MAX_FRAMES - 2], &frames[MAX_FRAMES - 1]] {
        assert!(text.len() <= MAX_FRAME);
        let code = QrCode::with_version(text, Version::Normal(15), EcLevel::M).unwrap();
        assert_eq!(code.width(), 77);
    }
}

/// The format is a promise to cameras of other versions.
#[test]
fn a_frame_is_written_as_it_always_was() {
    let piece = "N5ELV7RPJNLDAHFXFAPXN3JE4KTGACA33XVL5A7BCHCYBOD6RWLHG6LNMJXWY33O";
    assert_eq!(split(b"symbolon").unwrap(), [format!("SYMBOLON:1/1/N5ELV7RP/{piece}")]);
}
