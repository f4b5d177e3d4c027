// Package doctor answers an operator's question before a clinic asks it: is everything that this installation is configured
// with really there, and does it let us in? It asks the database by each of its addresses, and every provider.
//
// What it finds holds no secret, no address with a password in it, and no word of a provider's.
package doctor

import "slices"

// Level is how bad a finding is.
type Level string

// The levels. Only Error makes the doctor's exit status other than zero.
const (
	OK      Level = "ok"
	Info    Level = "info"    // not asked, or not used here, and rightly so
	Warning Level = "warning" // it runs, but something does not, or cannot be known
	Error   Level = "error"   // calls, messages or sign-ins fail, or rows are not kept apart
)

// Finding is one answer; it is printed as JSON as it is.
type Finding struct {
	Check  string `json:"check"` // a name that stays, such as database.login or config.BACKEND_URL
	Level  Level  `json:"level"`
	Object string `json:"object,omitempty"` // which thing, of the database's checks: ids and objects of the catalogue
	Detail string `json:"detail"`
	Remedy string `json:"remedy"` // what to do; empty where there is nothing
}

// Report is all that was found.
type Report struct {
	Healthy  bool      `json:"healthy"` // no finding is an error
	Findings []Finding `json:"findings"`
}

// Count tells how many findings are of a level.
func (r Report) Count(level Level) (n int) {
	for _, f := range r.Findings {
		if f.Level == level {
			n++
		}
	}
	return n
}

func reportOf(findings []Finding) Report {
	bad := slices.ContainsFunc(findings, func(f Finding) bool { return f.Level == Error })
	return Report{Healthy: !bad, Findings: findings}
}

// verdict is what a check says, before it is told whose it is.
type verdict struct {
	level          Level
	detail, remedy string
}

func fine(detail string) verdict             { return verdict{OK, detail, ""} }
func unused(detail string) verdict           { return verdict{Info, detail, ""} }
func doubtful(detail, remedy string) verdict { return verdict{Warning, detail, remedy} }
func wrong(detail, remedy string) verdict    { return verdict{Error, detail, remedy} }
