//! Whether all of a hive can be read: whoever looks for something must not take what is broken for absent.

use super::{Hive, Key, Subkeys, limits::MAX_DEPTH};

/// Keys and values that are looked at. The `SOFTWARE` of a large system has a million.
const MAX_STEPS: usize = 4 << 20;

/// The first thing in a hive that cannot be read, in words; `None` where there is none. The data of values are not looked at.
pub fn fault(hive: &Hive) -> Option<String> {
    if let Some(anomaly) = hive.anomalies().described().iter().find(|anomaly| anomaly.kind.is_damage()) {
        return Some(anomaly.detail.clone());
    }
    walk(hive).err()
}

/// Looks at every key, in the order of the tree.
fn walk(hive: &Hive) -> Result<(), String> {
    let mut steps = 0;
    let mut way = vec![look_at(hive.root(), &mut steps)?];
    while let Some(keys) = way.last_mut() {
        match keys.next() {
            Some(key) => way.push(look_at(key, &mut steps)?),
            None => drop(way.pop()),
        }
        if way.len() > MAX_DEPTH {
            return Err(format!("keys more than {MAX_DEPTH} deep"));
        }
    }
    Ok(())
}

/// Looks at the values of a key, and gives the keys below it.
fn look_at<'h>(key: super::Result<Key<'h>>, steps: &mut usize) -> Result<Subkeys<'h>, String> {
    let key = key.map_err(|error| error.to_string())?;
    *steps += 1;
    for value in key.values() {
        value.map_err(|error| error.to_string())?;
        *steps += 1;
        if *steps > MAX_STEPS {
            break;
        }
    }
    match *steps > MAX_STEPS {
        true => Err(format!("more than {MAX_STEPS} keys and values: the rest was not looked at")),
        false => Ok(key.subkeys()),
    }
}
