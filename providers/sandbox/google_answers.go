package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
)

// answerGoogle writes a good answer with the wanted fields only (Google: partial responses).
func answerGoogle(w http.ResponseWriter, fields string, body map[string]any) {
	if fields != "" {
		// Through JSON, so that what is filtered is what would be sent.
		raw, _ := json.Marshal(body) // maps of plain values
		var plain map[string]any
		_ = json.Unmarshal(raw, &plain)
		body, _ = onlyFields(plain, parseFields(fields)).(map[string]any)
	}
	writeGoogle(w, http.StatusOK, body)
}

func writeGoogle(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that has gone away is not our trouble
}

// refuseGoogle writes an error of the Calendar API (Google: Handle API errors).
func refuseGoogle(w http.ResponseWriter, status int, domain, reason, message string) {
	refuseGoogleAt(w, status, domain, reason, message, "", "")
}

// refuseGoogleAt writes an error that names the parameter or header it is about.
func refuseGoogleAt(w http.ResponseWriter, status int, domain, reason, message, locationType, location string) {
	detail := map[string]any{"domain": domain, "reason": reason, "message": message}
	if location != "" {
		detail["locationType"], detail["location"] = locationType, location
	}
	writeGoogle(w, status, map[string]any{"error": map[string]any{"errors": []any{detail}, "code": status, "message": message}})
}

// failGoogle is the answer to a request that is told to fail.
func failGoogle(w http.ResponseWriter, status int) {
	known := map[int][2]string{
		http.StatusUnauthorized: {"global", "authError"}, http.StatusForbidden: {"usageLimits", "rateLimitExceeded"},
		http.StatusNotFound: {"global", "notFound"}, http.StatusConflict: {"global", "duplicate"},
		http.StatusGone: {"calendar", "fullSyncRequired"}, http.StatusPreconditionFailed: {"global", "conditionNotMet"},
		http.StatusTooManyRequests: {"usageLimits", "rateLimitExceeded"},
	}
	said, isKnown := known[status]
	if !isKnown {
		said = [2]string{"global", "backendError"}
	}
	refuseGoogle(w, status, said[0], said[1], http.StatusText(status))
}

// failGoogleToken is the answer to a request about tokens that is told to fail.
func failGoogleToken(w http.ResponseWriter, status int) {
	code := "internal_failure"
	switch status {
	case http.StatusBadRequest:
		code = "invalid_grant"
	case http.StatusUnauthorized:
		code = "invalid_client"
	case http.StatusTooManyRequests:
		code = "rate_limit_exceeded"
	}
	refuseGoogleToken(w, status, code, http.StatusText(status))
}

// refuseGoogleToken writes an error of the token endpoint (RFC 6749, 5.2).
func refuseGoogleToken(w http.ResponseWriter, status int, code, description string) {
	writeGoogle(w, status, map[string]string{"error": code, "error_description": description})
}

// fieldTree says which fields are wanted; an empty tree wants all.
type fieldTree map[string]fieldTree

// parseFields reads a list such as a,b(c,d/e). What is not well formed wants less, as a typing error would.
func parseFields(list string) fieldTree {
	tree := fieldTree{}
	for list != "" {
		end := strings.IndexAny(list, ",(/")
		if end < 0 {
			end = len(list)
		}
		name, below := list[:end], ""
		switch rest := list[end:]; {
		case strings.HasPrefix(rest, "("):
			length := enclosed(rest)
			below, list = rest[1:length-1], strings.TrimPrefix(rest[length:], ",")
		case strings.HasPrefix(rest, "/"):
			below, list, _ = strings.Cut(rest[1:], ",")
		default:
			list = strings.TrimPrefix(rest, ",")
		}
		if name != "" {
			tree[name] = parseFields(below)
		}
	}
	return tree
}

// enclosed is the length of the parentheses that s begins with; all of s when they are not closed.
func enclosed(s string) int {
	depth := 0
	for i, r := range s {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(s)
}

// onlyFields returns what the tree wants of a decoded JSON value; a list's elements are looked at one by one.
func onlyFields(value any, tree fieldTree) any {
	switch v := value.(type) {
	case []any:
		for i := range v {
			v[i] = onlyFields(v[i], tree)
		}
		return v
	case map[string]any:
		if len(tree) == 0 {
			return v
		}
		kept := map[string]any{}
		for name, below := range tree {
			if field, there := v[name]; there {
				kept[name] = onlyFields(field, below)
			}
		}
		return kept
	default:
		return value
	}
}
