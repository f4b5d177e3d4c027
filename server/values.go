package server

import "github.com/google/uuid"

// optional is s, or nil when it is empty: NULL for the database, left out of JSON.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// value is what p points at, or the zero value.
func value[T any](p *T) T {
	var zero T
	return valueOr(p, zero)
}

// valueOr is what p points at, or fallback.
func valueOr[T any](p *T, fallback T) T {
	if p == nil {
		return fallback
	}
	return *p
}

// first is the first that is there: of a field with two spellings, the one that was sent. nil when none was.
func first[T any](spellings ...*T) *T {
	for _, p := range spellings {
		if p != nil {
			return p
		}
	}
	return nil
}

// asText is an id in its written form, nil for nil.
func asText(id *uuid.UUID) *string {
	if id == nil {
		return nil
	}
	return optional(id.String())
}
