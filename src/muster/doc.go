// Package muster chooses the accounts of a run and hands them out at a pace.
//
// It asks AWS Organizations which accounts there are, what they are called, whose they are and in which organizational unit they lie, and
// picks by what the settings say; where Organizations may not be asked, Listed takes the accounts listed or found in the bucket. It never looks
// into an account: what is done with one, and what its events and its coverage say, is the caller's. It stands at the very beginning of a
// run, before any sighting is read.
package muster
