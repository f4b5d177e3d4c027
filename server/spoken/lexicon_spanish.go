package spoken

// addSpanish adds Spanish to a lexicon. Where a word means something in both languages, Spanish wins: "mar" is left
// out altogether, because it is both martes and marzo.
func addSpanish(l lexicon) {
	delete(l, "mar")
	delete(l, "o")
	addSpanishNumbers(l)
	addSpanishDays(l)
	addSpanishTimes(l)
	l.add(kindFiller, 0, "de|del|para|por favor|sobre|hacia|ano|hora|si")
	l.add(kindThe, 0, "el")
	l.add(kindAny, 0, "cualquiera|cualquier hora|a cualquier hora|me da igual")
}

func addSpanishNumbers(l lexicon) {
	l.addEach(kindCardinal, 0, "cero", "uno|una|un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez",
		"once", "doce", "trece", "catorce", "quince", "dieciseis", "diecisiete", "dieciocho", "diecinueve")
	l.addEach(kindCardinal, 21, "veintiuno|veintiun|veintiuna", "veintidos", "veintitres", "veinticuatro", "veinticinco", "veintiseis",
		"veintisiete", "veintiocho", "veintinueve")
	for i, word := range []string{"veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"} {
		l.add(kindTens, (i+2)*10, word)
	}
	l.add(kindHundred, 100, "cien|ciento")
	l.add(kindHundred, 1000, "mil")
	l.add(kindCardinal, 900, "novecientos")
	l.addEach(kindOrdinal, 1, "primero|primer", "segundo", "tercero|tercer", "cuarto dia", "quinto")
	l.add(kindAnd, 0, "y")
}

func addSpanishDays(l lexicon) {
	l.addEach(kindMonth, 1, "enero|ene", "febrero", "marzo", "abril|abr", "mayo", "junio", "julio", "agosto|ago",
		"septiembre|setiembre", "octubre", "noviembre", "diciembre|dic")
	l.addEach(kindWeekday, 0, "domingo|dom", "lunes|lun", "martes", "miercoles|mie", "jueves|jue", "viernes|vie", "sabado|sab")
	l.addEach(kindDayWord, 0, "hoy", "manana", "pasado manana")
	l.add(kindDayWord, -1, "ayer")
	l.add(kindNext, 0, "proximo|proxima|que viene|siguiente")
	l.add(kindThis, 0, "este|esta")
	l.add(kindIn, 0, "dentro de|en")
	l.add(kindFromNow, 0, "a partir de hoy|desde hoy")
	l.add(kindUnit, 1, "dia|dias")
	l.add(kindUnit, 7, "semana|semanas")
	l.add(kindMonths, 0, "mes|meses")
	l.add(kindWeekend, 0, "fin de semana")
}

func addSpanishTimes(l lexicon) {
	l.add(kindPart, int(partMorning), "por la manana|de la manana|en la manana|la manana")
	l.add(kindPart, int(partAfternoon), "tarde|por la tarde|de la tarde|en la tarde|la tarde")
	l.add(kindPart, int(partNight), "noche|por la noche|de la noche|en la noche|la noche")
	l.add(kindPart, int(partSmallHours), "madrugada|de la madrugada|por la madrugada")
	l.add(kindTodayPart, int(partMorning), "esta manana")
	l.add(kindTodayPart, int(partAfternoon), "esta tarde")
	l.add(kindTodayPart, int(partNight), "esta noche")
	l.add(kindFixed, 12*60, "mediodia|al mediodia|a mediodia|medio dia|12 del mediodia|doce del mediodia|doce de mediodia")
	l.add(kindFixed, 0, "medianoche|a medianoche|media noche")
	l.add(kindAfterHour, 30, "y media")
	l.add(kindAfterHour, 15, "y cuarto")
	l.add(kindAfterHour, -15, "menos cuarto")
	l.add(kindMinus, 0, "menos")
	l.add(kindOclock, 0, "en punto|horas")
	l.add(kindMinutes, 0, "minutos")
	l.add(kindAt, 0, "a las|a la|las|la|sobre las|hacia las")
}
