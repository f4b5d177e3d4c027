package sandbox

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits of Vapi's lists.
const (
	vapiPage    = 100
	maxVapiPage = 1000
)

// listOf serves a bare array. Vapi documents no order, so this one is shuffled anew for every request, before limit cuts it.
// Fields may be named whose value a query can ask for. It needs v.mu, as do the other handlers that return a vapiAnswer.
func (v *Vapi) listOf(objects map[string]vapiObject, fields ...string) func(*http.Request) vapiAnswer {
	return func(r *http.Request) vapiAnswer {
		limit, wanted, problems := readListQuery(r.URL.Query(), fields)
		if len(problems) > 0 {
			return refusal(http.StatusBadRequest, problems...)
		}
		ids := slices.Sorted(maps.Keys(objects)) // else the shuffle would not depend on the seed alone
		ids = slices.DeleteFunc(ids, func(id string) bool { return !wanted(objects[id]) })
		v.random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		var out bytes.Buffer
		out.WriteByte('[')
		for i, id := range ids[:min(limit, len(ids))] {
			if i > 0 {
				out.WriteByte(',')
			}
			out.Write(objects[id].bytes())
		}
		out.WriteByte(']')
		return vapiAnswer{status: http.StatusOK, body: out.Bytes()}
	}
}

// readListQuery reads limit, the filters by createdAt and updatedAt and those by the values of fields, which all have to hold.
func readListQuery(query url.Values, fields []string) (limit int, wanted func(vapiObject) bool, problems []string) {
	limit = vapiPage
	var filters []func(vapiObject) bool
	for _, name := range slices.Sorted(maps.Keys(query)) {
		value := query.Get(name)
		if name == "limit" {
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 || n > maxVapiPage {
				problems = append(problems, "limit must be a number from 0 to 1000")
			}
			limit = n
			continue
		}
		if slices.Contains(fields, name) {
			filters = append(filters, func(o vapiObject) bool { return o.text(name) == value })
			continue
		}
		holds, known := comparisonOf(name)
		at, err := time.Parse(time.RFC3339, value)
		switch {
		case !known:
			problems = append(problems, "property "+name+" should not exist")
		case err != nil:
			problems = append(problems, name+" must be a valid ISO 8601 date string")
		default:
			key := name[:len(name)-2]
			filters = append(filters, func(o vapiObject) bool {
				its, err := time.Parse(time.RFC3339, o.text(key))
				return err == nil && holds(its.Compare(at))
			})
		}
	}
	return limit, func(o vapiObject) bool {
		return !slices.ContainsFunc(filters, func(holds func(vapiObject) bool) bool { return !holds(o) })
	}, problems
}

// comparisonOf returns what a filter's name says about the order of the object's time and the filter's.
func comparisonOf(name string) (holds func(order int) bool, known bool) {
	suffix, found := strings.CutPrefix(name, "createdAt")
	if !found {
		suffix, found = strings.CutPrefix(name, "updatedAt")
	}
	if !found {
		return nil, false
	}
	switch suffix {
	case "Gt":
		return func(order int) bool { return order > 0 }, true
	case "Ge":
		return func(order int) bool { return order >= 0 }, true
	case "Lt":
		return func(order int) bool { return order < 0 }, true
	case "Le":
		return func(order int) bool { return order <= 0 }, true
	default:
		return nil, false
	}
}
