//! Dates with a time and its zone: `2026-11-25T13:00:00Z`, `2026-11-25T14:00:00.5+01:00`.
//!
//! Spec: XML Schema 1.1 part 2, section 3.4.28 (`dateTimeStamp`), from 1970 to 9999. The hour 24 and leap
//! seconds, which readers take for different moments, are refused.

use x509_cert::der::DateTime;

use crate::time::UnixTime;

/// Characters of a date, at most: nine digits of a second's fraction, and a zone.
pub const MAX_DATE: usize = 35;

/// The moment of a date, fractions of a second cut off; nothing for anything else.
pub fn parse(text: &str) -> Option<UnixTime> {
    if text.len() > MAX_DATE {
        return None;
    }
    let (date, rest) = text.split_once('T')?;
    let (time, zone) = rest.split_at_checked(8)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let small = |number: u16| u8::try_from(number).ok();
    let date = DateTime::new(year, small(month)?, small(day)?, small(hour)?, small(minute)?, small(second)?);
    let (offset, is_ahead) = read_zone(without_fraction(zone)?)?;
    let seconds = date.ok()?.unix_duration().as_secs();
    let moment = if is_ahead { seconds.checked_sub(offset)? } else { seconds.checked_add(offset)? };
    Some(UnixTime::from_secs(moment))
}

/// The date of a moment, in UTC; nothing after the year 9999.
pub fn write(moment: UnixTime) -> Option<String> {
    let date = DateTime::from_unix_duration(core::time::Duration::from_secs(moment.secs())).ok()?;
    Some(date.to_string())
}

fn numbers(text: &str, between: char, digits: [usize; 3]) -> Option<[u16; 3]> {
    let mut parts = text.split(between);
    let mut numbers = [0; 3];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == digits && is_digits(part))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn without_fraction(zone: &str) -> Option<&str> {
    let Some(fraction) = zone.strip_prefix('.') else { return Some(zone) };
    let end = fraction.find(|c: char| !c.is_ascii_digit()).filter(|end| (1..=9).contains(end))?;
    fraction.get(end..)
}

/// Seconds between a zone and UTC, and whether it is ahead.
fn read_zone(zone: &str) -> Option<(u64, bool)> {
    if zone == "Z" {
        return Some((0, false));
    }
    let (sign, time) = zone.split_at_checked(1)?;
    let (hours, minutes) = time.split_once(':')?;
    if !matches!(sign, "+" | "-") || hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let number = |text: &str, end: u64| {
        let value = is_digits(text).then(|| text.parse::<u64>().ok()).flatten()?;
        (value <= end).then_some(value)
    };
    Some((number(hours, 14)? * 3600 + number(minutes, 59)? * 60, sign == "+"))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_one_date_in_each_zone() {
        let moment = Some(UnixTime::from_secs(1_677_373_378));
        for text in [
            "2023-02-26T01:02:58Z",
            "2023-02-26T01:02:58.447Z",
            "2023-02-26T02:02:58+01:00",
            "2023-02-26T06:47:58+05:45",
            "2023-02-25T21:32:58-03:30",
            "2023-02-26T15:02:58+14:00",
            "2023-02-25T19:02:58-06:00",
            "2023-02-26T01:02:58.123456789-00:00",
        ] {
            assert_eq!(parse(text), moment, "{text}");
        }
        assert_eq!(parse("1970-01-01T00:00:00Z"), Some(UnixTime::from_secs(0)));
        assert_eq!(parse("2024-02-29T00:00:00Z"), Some(UnixTime::from_secs(1_709_164_800)));
        assert_eq!(write(UnixTime::from_secs(1_677_373_378)).as_deref(), Some("2023-02-26T01:02:58Z"));
        assert_eq!(write(UnixTime::from_secs(u64::MAX)), None);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "2023",
            "2023-02-26",
            "2023-02-26T01:02:58",
            "2023-02-26 01:02:58Z",
            "2023-02-26t01:02:58Z",
            "2023-02-26T01:02:58z",
            "2023-02-30T01:02:58Z",
            "2023-02-29T01:02:58Z",
            "2023-13-01T01:02:58Z",
            "2023-02-26T24:00:00Z",
            "2023-02-26T23:59:60Z",
            "2023-02-26T01:60:00Z",
            "2023-2-26T01:02:58Z",
            "+2023-02-26T01:02:58Z",
            "-2023-02-26T01:02:58Z",
            "12023-02-26T01:02:58Z",
            "2023-02-26T01:02:58.Z",
            "2023-02-26T01:02:58.1234567890Z",
            "2023-02-26T01:02:58.5",
            "2023-02-26T01:02:58+1:00",
            "2023-02-26T01:02:58+15:00",
            "2023-02-26T01:02:58+01:60",
            "2023-02-26T01:02:58+0100",
            "2023-02-26T01:02:58ZZ",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00+01:00",
            "2023-02-26T0é:02:58Z",
            "2023-02-26T01:02:5éZ",
            "2023-02-26T01:02:58é",
            "2023-02-26T01:02:58.5é",
            "2023-02-26T01:02:58é01:00",
            "2023-02-26T01:02:58+0é:00",
            "2023-02-26T01:02:58+é:00",
            "2023-02-26T01:02:58 01:00",
            "Sat 25 Feb 2023 07:16:31 PM CST",
            "2023-02-26T+1:02:58Z",
            "2023-02-26-01T01:02:58Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
