// Package cloudtrail knows CloudTrail's format: a log file becomes records, and records become sightings.
//
// It does not look for files, remembers nothing between files but what makes it fast, and judges nothing. It stands first in a
// record's way: an engine (activity/logs) opens files and has a Reader give their records one by one; who acted is told by the
// identity grammar (Record.Principal); a Gather holds what was seen as sightings, which go to discern.
//
// Everything in a record may have been written by an attacker: keys are found by a true walk of the JSON, never by searching text, and
// everything that is passed over is checked to be JSON as well.
package cloudtrail
