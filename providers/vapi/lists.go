package vapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

const (
	// maxPage is the most objects that Vapi gives at once.
	maxPage = 1000
	// maxParting bounds how often a span of time is halved; twenty halvings part a thousand million objects.
	maxParting = 60
)

// span is a range of createdAt: after (exclusive) up to (inclusive), RFC 3339; empty is open.
type span struct{ after, upTo string }

// list reads all objects of a kind. Vapi documents neither the order of its lists nor a cursor, so nothing here depends on
// which objects a full page holds: a span of time that does not fit on a page is parted at a time seen in the middle, and
// both parts are read. A page cut by createdAtLe alone would need the newest objects to come first.
func (c *Client) list(ctx context.Context, path string) ([]Object, error) {
	return c.listWithin(ctx, path, nil, span{})
}

// listWithin is list for the objects of a span that further filters let through.
func (c *Client) listWithin(ctx context.Context, path string, filters url.Values, within span) ([]Object, error) {
	l := &listing{client: c, path: path, filters: filters, size: maxPage, seen: map[string]bool{}}
	if err := l.read(ctx, within, 0); err != nil {
		return nil, err
	}
	return l.objects, nil
}

type listing struct {
	client  *Client
	path    string
	filters url.Values
	size    int // of a page; smaller once a page was too large to read
	seen    map[string]bool
	objects []Object
}

func (l *listing) read(ctx context.Context, s span, depth int) error {
	page, err := l.page(ctx, s)
	for errors.Is(err, errTooLarge) && l.size > 1 {
		l.size /= 2
		page, err = l.page(ctx, s)
	}
	if err != nil {
		return err
	}
	size := l.size
	for _, o := range page {
		id := o.Text("id")
		if id == "" {
			return &UnavailableError{Status: http.StatusOK, cause: errors.New("a listed object has no id")}
		}
		if !l.seen[id] {
			l.seen[id] = true
			l.objects = append(l.objects, o)
		}
	}
	if len(page) < size {
		return nil
	}
	middle, ok := middleOf(page)
	if !ok || depth == maxParting {
		return fmt.Errorf("vapi: the list cannot be read whole: %d objects or more have the same createdAt", size)
	}
	if err := l.read(ctx, span{after: s.after, upTo: middle}, depth+1); err != nil {
		return err
	}
	return l.read(ctx, span{after: middle, upTo: s.upTo}, depth+1)
}

func (l *listing) page(ctx context.Context, s span) ([]Object, error) {
	query := url.Values{"limit": {strconv.Itoa(l.size)}}
	maps.Copy(query, l.filters)
	if s.after != "" {
		query.Set("createdAtGt", s.after)
	}
	if s.upTo != "" {
		query.Set("createdAtLe", s.upTo)
	}
	answer, err := l.client.send(ctx, http.MethodGet, l.path+"?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	var raw []json.RawMessage
	if json.Unmarshal(answer, &raw) != nil || raw == nil {
		return nil, &UnavailableError{Status: http.StatusOK, cause: errors.New("the answer is no list")}
	}
	page := make([]Object, len(raw))
	for i, element := range raw {
		if page[i], err = ParseObject(element); err != nil {
			return nil, &UnavailableError{Status: http.StatusOK, cause: errors.New("a listed value is no object")}
		}
	}
	return page, nil
}

// middleOf returns the median createdAt, or the next smaller one when the median is the newest, so that both sides have
// objects. Not ok: there are no two different times. They are compared as texts: Vapi writes all in one form.
func middleOf(page []Object) (middle string, ok bool) {
	times := make([]string, len(page))
	for i, o := range page {
		times[i] = o.Text("createdAt")
	}
	slices.Sort(times)
	newest, i := times[len(times)-1], len(times)/2
	for i >= 0 && times[i] == newest {
		i--
	}
	return times[max(i, 0)], i >= 0 && times[i] != ""
}
