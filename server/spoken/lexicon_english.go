package spoken

func english() lexicon {
	l := lexicon{}
	addEnglishNumbers(l)
	addEnglishDays(l)
	addEnglishTimes(l)
	l.add(kindFiller, 0, "of|on|for|please|um|uh|er|maybe|probably|let us say|lets say|say|around|about|like|year|date|time|sharp|exactly|early|late|yes|okay|ok")
	l.add(kindThe, 0, "the")
	l.add(kindAny, 0, "any|any time|anytime|whenever|any time of day|no preference|flexible|does not matter|doesnt matter")
	return l
}

func addEnglishNumbers(l lexicon) {
	l.addEach(kindCardinal, 0, "zero|nought", "one|a|an", "two|couple of|couple", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
		"eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
	for i, word := range []string{"twenty", "thirty", "forty|fourty", "fifty", "sixty", "seventy", "eighty", "ninety"} {
		l.add(kindTens, (i+2)*10, word)
	}
	l.add(kindHundred, 100, "hundred")
	l.add(kindHundred, 1000, "thousand")
	l.addEach(kindOrdinal, 1, "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
		"eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth")
	l.add(kindOrdinal, 30, "thirtieth")
	l.add(kindAnd, 0, "and")
	l.add(kindOh, 0, "oh|o")
}

func addEnglishDays(l lexicon) {
	l.addEach(kindMonth, 1, "january|jan", "february|feb", "march|mar", "april|apr", "may", "june|jun", "july|jul", "august|aug",
		"september|sept|sep", "october|oct", "november|nov", "december|dec")
	l.addEach(kindWeekday, 0, "sunday|sun|sundays", "monday|mon|mondays", "tuesday|tue|tues|tuesdays", "wednesday|wed|weds|wednesdays",
		"thursday|thu|thur|thurs|thursdays", "friday|fri|fridays", "saturday|sat|saturdays")
	l.addEach(kindDayWord, 0, "today", "tomorrow|tmrw|tomorow", "day after tomorrow|overmorrow")
	l.add(kindDayWord, -1, "yesterday")
	l.add(kindNext, 0, "next")
	l.add(kindThis, 0, "this")
	l.add(kindComing, 0, "this coming|coming|upcoming")
	l.add(kindIn, 0, "in")
	l.add(kindFromNow, 0, "from now|from today|hence|from todays date")
	l.add(kindFrom, 0, "from")
	l.add(kindUnit, 1, "day|days")
	l.add(kindUnit, 7, "week|weeks")
	l.add(kindUnit, 14, "fortnight")
	l.add(kindMonths, 0, "month|months")
	l.add(kindWeekend, 0, "weekend")
}

func addEnglishTimes(l lexicon) {
	l.add(kindPart, int(partAM), "am|a m|ante meridiem")
	l.add(kindPart, int(partPM), "pm|p m|post meridiem")
	l.add(kindPart, int(partMorning), "morning|mornings|in the morning|in morning|of the morning|before noon")
	l.add(kindPart, int(partAfternoon), "afternoon|afternoons|in the afternoon|in afternoon|of the afternoon")
	l.add(kindPart, int(partEvening), "evening|evenings|in the evening|in evening|of the evening")
	l.add(kindPart, int(partNight), "night|at night|in the night")
	l.add(kindPart, int(partLunch), "lunch|lunchtime|lunch time|at lunch|at lunchtime|around lunchtime")
	l.add(kindTodayPart, int(partMorning), "this morning")
	l.add(kindTodayPart, int(partAfternoon), "this afternoon")
	l.add(kindTodayPart, int(partEvening), "tonight|this evening")
	l.add(kindFixed, 12*60, "noon|midday|mid day|noontime|12 noon|twelve noon|12 midday")
	l.add(kindFixed, 0, "midnight|12 midnight|twelve midnight")
	l.add(kindPast, 0, "past|after")
	l.add(kindTo, 0, "to|til|till|until|before")
	l.add(kindHalfPast, 0, "half past|half after")
	l.add(kindHalf, 0, "half")
	l.add(kindQuarter, 0, "quarter|a quarter")
	l.add(kindOclock, 0, "oclock|o clock|h|hrs|hours|hundred hours")
	l.add(kindMinutes, 0, "minutes|minute|mins")
	l.add(kindAt, 0, "at|@")
}
