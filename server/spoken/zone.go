package spoken

import (
	"slices"
	"time"
)

const (
	minutesOfDay     = 24 * 60
	minutesOfHalfDay = 12 * 60
)

// instants returns every moment at which the wall clock of zone shows the given minute of the day, earliest first:
// one as a rule, none where the clocks go forward over it, two where they go back.
func instants(day Date, minutes int, zone *time.Location) []time.Time {
	wall := day.utc().Add(time.Duration(minutes) * time.Minute)
	var found []time.Time
	for _, offset := range offsetsNear(wall, zone) {
		moment := wall.Add(-offset).In(zone)
		if DateOf(moment) == day && moment.Hour()*60+moment.Minute() == minutes && moment.Second() == 0 {
			found = append(found, moment)
		}
	}
	slices.SortFunc(found, time.Time.Compare)
	return slices.CompactFunc(found, time.Time.Equal)
}

// offsetsNear returns the offsets that zone uses within about a day of a wall time.
func offsetsNear(wall time.Time, zone *time.Location) []time.Duration {
	var offsets []time.Duration
	for _, shift := range []time.Duration{-26 * time.Hour, 0, 26 * time.Hour} {
		_, seconds := wall.Add(shift).In(zone).Zone()
		offsets = append(offsets, time.Duration(seconds)*time.Second)
	}
	return offsets
}

// afterGap returns the first moment that exists after a wall time that the clocks skip.
func afterGap(day Date, minutes int, zone *time.Location) time.Time {
	wall := day.utc().Add(time.Duration(minutes) * time.Minute)
	before := offsetsNear(wall, zone)[0]
	start, _ := wall.Add(-before).In(zone).ZoneBounds()
	return start.In(zone)
}
