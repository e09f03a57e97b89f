// Package discern decides which sightings a baseline does not explain, and tells each of them once: the study of the house.
//
// It holds no file format, no store and no sink: those stand behind the ports in ports.go. A run takes the activity piece by
// piece, oldest delivery first; recalls what the baseline knows of the principals in it; judges sighting by sighting in order of
// event time; claims each anomaly together with its finished event; delivers what was claimed; and only then calls the files
// looked at. A crash between any two of these loses nothing and makes no second anomaly of one (see Study.Run).
//
// It imports the standard library only. Times are Unix seconds unless a name says otherwise.
package discern
