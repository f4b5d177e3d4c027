package vapi

import (
	"bytes"
	"maps"
)

// Merge returns current with the values of wanted, and whether that changes anything. Nested objects are merged, every
// other value is replaced where it is another one; what wanted does not name is kept byte for byte. Equal is what
// [Canonical] writes alike.
func Merge(current, wanted Object) (merged Object, changed bool) {
	merged = maps.Clone(current)
	if merged == nil {
		merged = Object{}
	}
	for key, value := range wanted {
		inner := wanted.object(key)
		if before := current.object(key); inner != nil && before != nil {
			if both, differs := Merge(before, inner); differs {
				merged[key], changed = both.Bytes(), true
			}
			continue
		}
		if !Equal(current[key], value) {
			merged[key], changed = value, true
		}
	}
	return merged, changed
}

// Equal reports whether two values mean the same JSON. What is missing or no JSON equals nothing but itself.
func Equal(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	first, err := Canonical(a)
	if err != nil {
		return false
	}
	second, err := Canonical(b)
	return err == nil && bytes.Equal(first, second)
}

// IsRegistration reports whether a tool that the account lists is what [Registered] would make of body now: the same
// type, function and messages, the same server and secret. Keys that Vapi adds do not matter.
func IsRegistration(tool, body Object) bool {
	for _, key := range []string{"type", "async", "function", "messages", "parameters"} {
		if !Equal(tool[key], body[key]) {
			return false
		}
	}
	_, differs := Merge(tool.object("server"), body.object("server"))
	return !differs
}
