# From a Groundswell export to a first analysis, in base R.
# Download "CSV tables" under Share in the workbench, unzip, and run: Rscript analysis.R FOLDER

arguments <- commandArgs(trailingOnly = TRUE)
tables <- if (length(arguments)) arguments[[1]] else "tables"
read <- function(name) {
  read.csv(file.path(tables, paste0(name, ".csv")), na.strings = "", stringsAsFactors = FALSE, encoding = "UTF-8")
}
events <- read("events")
figures <- read("figures")
events$earliest <- as.Date(events$earliest)
cat(nrow(events), "events\n")

# An empty cell means "not known", never zero.
known <- colMeans(!is.na(events[c("earliest", "country", "latitude", "participants_low", "deaths_low")]))
print(round(100 * known, 1))

# Happenings by quarter: what was announced or called for is left out.
happened <- events[events$status %in% c("occurred", "ongoing") & !is.na(events$earliest), ]
quarter <- paste0(format(happened$earliest, "%Y"), "-", quarters(happened$earliest))
print(tail(table(quarter, happened$type), 8))

# Claims stand side by side; the spread of an event is its highest claim over its lowest.
crowds <- figures[figures$of == "participants", ]
crowds$claim <- ifelse(!is.na(crowds$best), crowds$best, ifelse(!is.na(crowds$low), crowds$low, crowds$high))
crowds <- crowds[!is.na(crowds$claim), ]
if (nrow(crowds)) {
  spread <- aggregate(claim ~ event_id, crowds, function(x) if (length(x) > 1 && min(x) > 0) max(x) / min(x) else NA)
  print(summary(spread$claim))
}
