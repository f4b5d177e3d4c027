package doctor

import (
	"reflect"
	"slices"
	"strings"

	"github.com/voxanne-ai/voxanne/server"
)

// variable is one that server.Config is read from.
type variable struct{ name, standard string } // standard: its value when unset, empty for none

// variablesRead are all that server.Config is read from, in its order.
func variablesRead() (all []variable) {
	for field := range reflect.TypeFor[server.Config]().Fields() {
		if name := field.Tag.Get("env"); name != "" && name != "-" {
			all = append(all, variable{name, field.Tag.Get("envDefault")})
		}
	}
	return all
}

// variables tells of each variable whether it is set, but of none with what: even an address may hold a password. Problems come
// first, in the sentences of server.ReadConfig.
func (d doctor) variables() []Finding {
	findings := problems(d.Problems)
	for _, v := range variablesRead() {
		name := "config." + v.name
		if slices.ContainsFunc(findings, func(f Finding) bool { return f.Check == name }) {
			continue
		}
		findings = append(findings, d.variable(name, v))
	}
	return findings
}

func (d doctor) variable(check string, v variable) Finding {
	switch {
	case slices.Contains(d.MadeUp, v.name), slices.Contains(d.Config.Made, v.name):
		return Finding{Check: check, Level: Info, Detail: "It was made up for development."}
	case d.Environ[v.name] != "":
		return Finding{Check: check, Level: OK, Detail: "It is set."}
	}
	return Finding{Check: check, Level: Info, Detail: "It is not set: " + unset(v) + "."}
}

// problems takes apart what server.ReadConfig said. Each sentence says what is wrong and, behind a colon, what to do; most begin
// with the variable's name.
func problems(said error) (findings []Finding) {
	var all []error
	if joined, ok := said.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	} else if said != nil {
		all = []error{said}
	}
	for _, problem := range all {
		f := Finding{Check: "config", Level: Error, Remedy: "Correct the variable; README says what it takes."}
		detail, remedy, found := strings.Cut(problem.Error(), ": ")
		if found {
			remedy = strings.ToUpper(remedy[:1]) + remedy[1:]
			f.Remedy, detail = remedy, detail+"."
		}
		f.Detail = detail
		first, _, _ := strings.Cut(f.Detail, " ")
		first = strings.TrimRight(first, ",.")
		if slices.ContainsFunc(variablesRead(), func(v variable) bool { return v.name == first }) {
			f.Check += "." + first
		}
		findings = append(findings, f)
	}
	slices.SortFunc(findings, func(a, b Finding) int { return strings.Compare(a.Check+a.Detail, b.Check+b.Detail) })
	return findings
}

// unset says what a variable that is not set means; "" for one that this table does not know, which a test forbids.
func unset(v variable) string {
	if v.standard != "" {
		return "its default is used, " + v.standard
	}
	return map[string]string{
		"METRICS_PORT":                "the workers serve no metrics",
		"BACKEND_URL":                 "this machine's own address is used, for development",
		"DATABASE_URL":                "nothing runs without it",
		"DATABASE_DIRECT_URL":         "the workers listen at DATABASE_URL",
		"ADMIN_DATABASE_URL":          "migrations and operators' commands need it, the service does not",
		"JWT_SECRET":                  "tokens are checked with the keys that SUPABASE_URL publishes",
		"SUPABASE_URL":                "tokens are checked with JWT_SECRET",
		"DATABASE_POOLER":             "DATABASE_URL leads to the database itself, or through a pooler in session mode",
		"VAPI_PRIVATE_KEY":            "the workers do not start, numbers cannot be set up, and there are no test calls",
		"VAPI_PUBLIC_KEY":             "members are not shown one",
		"VAPI_WEBHOOK_SECRET":         "anybody could pose as Vapi",
		"VAPI_WEBHOOK_AUTH":           "secret in production, either in development",
		"CREDENTIALS_KEY":             "clinics' accounts cannot be sealed",
		"RESEND_API_KEY":              "e-mail of clinics without an account of their own leaves by SMTP_URL, or not at all",
		"SMTP_URL":                    "e-mail of clinics without an account of their own leaves by RESEND_API_KEY, or not at all",
		"EMAIL_FROM":                  "the platform sends no e-mail",
		"DASHBOARD_URL":               "links lead to the first of CORS_ORIGINS; without either, invitations are not mailed",
		"SUPABASE_SERVICE_ROLE_KEY":   "files are not kept at Supabase",
		"SUPABASE_STORAGE_BUCKET":     "files are not kept at Supabase",
		"S3_ENDPOINT":                 "files are not kept in S3",
		"S3_BUCKET":                   "files are not kept in S3",
		"S3_ACCESS_KEY_ID":            "files are not kept in S3",
		"S3_SECRET_ACCESS_KEY":        "files are not kept in S3",
		"STORAGE_DIR":                 "files are kept in VOXANNE_HOME/files, unless in a bucket",
		"EMBEDDING_BASE_URL":          "documents are compared by their words, not by what they mean",
		"EMBEDDING_API_KEY":           "no key is sent to the embedding service",
		"EMBEDDING_MODEL":             "no embedding service is used",
		"EMBEDDING_PREVIOUS_MODEL":    "no former model answers meanwhile",
		"GOOGLE_CLIENT_ID":            "clinics cannot connect Google calendars",
		"GOOGLE_CLIENT_SECRET":        "clinics cannot connect Google calendars",
		"GOOGLE_BASE_URL":             "Google's own addresses are used",
		"MICROSOFT_CLIENT_ID":         "clinics cannot connect Outlook calendars",
		"MICROSOFT_CLIENT_SECRET":     "clinics cannot connect Outlook calendars",
		"OTEL_EXPORTER_OTLP_ENDPOINT": "traces go nowhere",
		"OTEL_SDK_DISABLED":           "traces go to OTEL_EXPORTER_OTLP_ENDPOINT, where there is one",
		"DRAIN_SECONDS":               "`serve` answers for 4 seconds after it was told to stop, in development not at all",
		"CORS_ORIGINS":                "no page of another origin may ask from a browser",
	}[v.name]
}
