// Package contract proves, over HTTP and a real database, what server/openapi.yaml promises about every operation: what
// it answers, that other organizations' things are not there, what each role may do, and that no request breaks it. It
// has tests only.
package contract
