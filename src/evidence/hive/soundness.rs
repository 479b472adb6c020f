//! Whether all of a hive can be read: whoever looks for something must not take what is broken for absent.

use super::{Hive, Key, Subkeys, limits::MAX_DEPTH};

/// Keys and values that are looked at. The `SOFTWARE` of a large system has a million.
const MAX_STEPS: usize = 4 << 20;

/// The first thing in a hive that cannot be read, in words; `None` where there is none. The data of values are not looked at.
pub fn fault(hive: &Hive) -> Option<String> {
    if let Some(anomaly) = hive.anomalies().described().iter().find(|anomaly| anomaly.kind.is_damage()) {
        return Some(anomaly.detail.clone());
    }
    let mut steps = 0;
    let mut way: Vec<Subkeys<'_>> = Vec::new();
    let mut next = Some(hive.root());
    loop {
        let Some(key) = next.or_else(|| way.last_mut()?.next()) else {
            way.pop()?;
            next = None;
            continue;
        };
        next = None;
        match key.and_then(|key| look_at(&key, &mut steps)) {
            Ok(below) => way.push(below),
            Err(error) => return Some(error.to_string()),
        }
        if steps > MAX_STEPS {
            return Some(format!("more than {MAX_STEPS} keys and values: the rest was not looked at"));
        }
        if way.len() > MAX_DEPTH {
            return Some(format!("keys more than {MAX_DEPTH} deep"));
        }
    }
}

/// Looks at the values of a key, and gives the keys below it.
fn look_at<'h>(key: &Key<'h>, steps: &mut usize) -> super::Result<Subkeys<'h>> {
    *steps += 1;
    for value in key.values() {
        value?;
        *steps += 1;
        if *steps > MAX_STEPS {
            break;
        }
    }
    Ok(key.subkeys())
}
