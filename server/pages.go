package server

import (
	"fmt"
	"time"

	"github.com/voxanne-ai/voxanne/server/api"
)

// What a list gives when the client does not say; openapi.yaml bounds both.
const (
	firstPage    = 1
	defaultLimit = 20
)

// page is which part of a list is asked for.
type page struct{ number, limit int }

func pageOf(number *api.PageQuery, limit *api.LimitQuery) page {
	return page{valueOr(number, firstPage), valueOr(limit, defaultLimit)}
}

// past is how many rows lie on the pages before.
func (p page) past() int32 { return int32((p.number - firstPage) * p.limit) } //nolint:gosec // bounded by openapi.yaml

// upTo is how many rows the page has at most.
func (p page) upTo() int32 { return int32(p.limit) } //nolint:gosec // bounded by openapi.yaml

// of says where the page stands in a list of total rows. An empty list has no pages.
func (p page) of(total int64) api.Pagination {
	size := int64(p.limit)
	return api.Pagination{Page: p.number, Limit: p.limit, Total: total, Pages: (total + size - 1) / size}
}

// counted is a row of a list: it knows how many rows there are in all, and whether that is an estimate.
type counted interface {
	Count() (total int64, estimate bool)
}

// listed reads a page and says where in the list it is. A page behind the last one has no row that knows the total: then
// the first row of all is asked.
func listed[R counted](p page, read func(number, limit int32) ([]R, error)) ([]R, api.Pagination, error) {
	rows, err := read(int32(p.number), int32(p.limit)) //nolint:gosec // bounded by openapi.yaml
	if err != nil {
		return nil, api.Pagination{}, err
	}
	known := rows
	if len(known) == 0 && p.number > firstPage {
		if known, err = read(firstPage, 1); err != nil {
			return nil, api.Pagination{}, err
		}
	}
	if len(known) == 0 {
		return rows, p.of(0), nil
	}
	total, estimate := known[0].Count()
	at := p.of(total)
	if estimate {
		at.TotalIsEstimate = &estimate
	}
	return rows, at, nil
}

// each makes what is shown of every row; never nil, so that JSON says [] and not null.
func each[R, S any](rows []R, show func(R) S) []S {
	shown := make([]S, 0, len(rows))
	for _, row := range rows {
		shown = append(shown, show(row))
	}
	return shown
}

// dayOf reads a day that openapi.yaml let through, nil for none; older clients send an instant, whose time is dropped.
// Error: bad_request for a day that no calendar has.
func dayOf(day *api.Day) (*time.Time, error) {
	if day == nil {
		return nil, nil //nolint:nilnil // no day is a good answer
	}
	read, err := time.Parse(time.DateOnly, (*day)[:len(time.DateOnly)])
	if err != nil {
		return nil, NewError(CodeBadRequest, "The day does not exist.", fmt.Errorf("read a day: %w", err))
	}
	return &read, nil
}

// daysOf reads the days of a list, see dayOf.
func daysOf(start, end *api.Day) (from, to *time.Time, err error) {
	if from, err = dayOf(start); err != nil {
		return nil, nil, err
	}
	to, err = dayOf(end)
	return from, to, err
}

// text is a word of one of the description's enumerations for the database.
func text[T ~string](p *T) *string {
	if p == nil {
		return nil
	}
	return optional(string(*p))
}
