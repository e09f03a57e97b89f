// Package simulate invents weeks of an organization, and all that goes wrong in them, from a seed: what happens in its accounts, when CloudTrail
// delivers which log file, and how the collectors fare that look at them.
//
// It is used by tests only: make simulate. It draws the world and has no part in judging it: the program under test tells what is new, and the
// program in oracle, which knows neither of them, says what should have been told.
package simulate
