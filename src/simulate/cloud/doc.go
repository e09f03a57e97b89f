// Package cloud is an AWS for the simulator: the services that a run calls, over HTTP, in the memory and the time of one test.
//
// It is used by tests only. It is not AWS: of each service it knows what this program calls, and it goes wrong as it is told to. S3 and
// Athena are those of athenatest.
package cloud
