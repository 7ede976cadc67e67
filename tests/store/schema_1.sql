-- The tables of schema version 1 (release 0.1), from which the tests migrate.
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE chain(seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, ref TEXT NOT NULL, salt BLOB, digest BLOB NOT NULL,
  prev BLOB NOT NULL, hash BLOB NOT NULL);
CREATE INDEX chain_ref ON chain(kind, ref);
CREATE TABLE payload(hash TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE run(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, by TEXT NOT NULL, settings TEXT NOT NULL);
CREATE TABLE reading(n INTEGER PRIMARY KEY, document TEXT NOT NULL, by TEXT NOT NULL, run TEXT NOT NULL,
  text_hash TEXT NOT NULL REFERENCES payload(hash), body_hash TEXT NOT NULL REFERENCES payload(hash));
CREATE INDEX reading_document ON reading(document, n);
CREATE INDEX reading_text ON reading(text_hash);
CREATE INDEX reading_body ON reading(body_hash);
CREATE TABLE outcome(n INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES run(id), source_id TEXT NOT NULL,
  outcome TEXT NOT NULL, document TEXT NOT NULL DEFAULT '', duplicate_of TEXT, problems TEXT NOT NULL,
  reading INTEGER REFERENCES reading(n));
CREATE INDEX outcome_source ON outcome(run, source_id);
CREATE INDEX outcome_document ON outcome(document);
CREATE INDEX outcome_reading ON outcome(reading);
CREATE TABLE decision(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, "left" TEXT NOT NULL,
  "right" TEXT, field TEXT, value TEXT, judgement TEXT, by TEXT NOT NULL, at TEXT NOT NULL, score REAL, reason TEXT,
  slot TEXT NOT NULL, superseded_at TEXT, superseded_by TEXT, idempotency_key TEXT UNIQUE);
CREATE INDEX decision_left ON decision("left");
CREATE INDEX decision_right ON decision("right");
CREATE INDEX decision_slot ON decision(slot);
CREATE TABLE document(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, reading INTEGER NOT NULL REFERENCES reading(n),
  source_id TEXT NOT NULL, title TEXT, language TEXT, publisher TEXT, author TEXT, url TEXT, published TEXT,
  published_basis TEXT, format TEXT, outcome TEXT NOT NULL, source INTEGER NOT NULL);
CREATE INDEX document_publisher ON document(publisher);
CREATE INDEX document_source ON document(source);
CREATE TABLE report(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL UNIQUE,
  document INTEGER NOT NULL REFERENCES document(n), event INTEGER NOT NULL, live INTEGER NOT NULL,
  type TEXT NOT NULL, mode TEXT, status TEXT NOT NULL, earliest TEXT, latest TEXT, country TEXT, place TEXT,
  latitude REAL, longitude REAL, precision TEXT, confidence REAL NOT NULL, published TEXT,
  json TEXT NOT NULL, crc INTEGER NOT NULL);
CREATE INDEX report_document ON report(document);
CREATE INDEX report_event ON report(event);
CREATE TABLE report_actor(report INTEGER NOT NULL REFERENCES report(n), name TEXT NOT NULL, PRIMARY KEY(report, name))
  WITHOUT ROWID;
CREATE INDEX report_actor_name ON report_actor(name);
CREATE TABLE report_place(report INTEGER NOT NULL REFERENCES report(n), rank INTEGER NOT NULL, name TEXT NOT NULL,
  country TEXT, latitude REAL, longitude REAL, PRIMARY KEY(report, rank)) WITHOUT ROWID;
CREATE INDEX report_place_name ON report_place(name);
CREATE INDEX report_place_country ON report_place(country);
CREATE TABLE event(n INTEGER PRIMARY KEY REFERENCES report(n), id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
  mode TEXT, status TEXT NOT NULL, earliest TEXT, latest TEXT, country TEXT, place TEXT, latitude REAL, longitude REAL,
  precision TEXT, confidence REAL NOT NULL, reports INTEGER NOT NULL, documents INTEGER NOT NULL,
  sources INTEGER NOT NULL, state TEXT NOT NULL);
CREATE INDEX event_order ON event(earliest DESC, id);
CREATE INDEX event_type ON event(type, earliest);
CREATE INDEX event_country ON event(country, earliest);
CREATE TABLE linkrun(n INTEGER PRIMARY KEY, model TEXT NOT NULL, settings TEXT NOT NULL);
CREATE TABLE link(n INTEGER PRIMARY KEY, "left" INTEGER NOT NULL REFERENCES report(n),
  "right" INTEGER NOT NULL REFERENCES report(n), score REAL NOT NULL, judgement TEXT NOT NULL, reason TEXT NOT NULL,
  linkrun INTEGER NOT NULL REFERENCES linkrun(n), superseded INTEGER, digest BLOB NOT NULL);
CREATE INDEX link_left ON link("left");
CREATE INDEX link_right ON link("right");
CREATE INDEX link_superseded ON link(superseded) WHERE superseded IS NOT NULL;
CREATE INDEX link_linkrun ON link(linkrun);
CREATE TABLE move(entry INTEGER NOT NULL, report INTEGER NOT NULL REFERENCES report(n), event INTEGER NOT NULL,
  PRIMARY KEY(entry, report)) WITHOUT ROWID;
CREATE TABLE block(key INTEGER NOT NULL, report INTEGER NOT NULL, PRIMARY KEY(key, report)) WITHOUT ROWID;
CREATE TABLE signature(document INTEGER PRIMARY KEY, text_hash TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE band(hash INTEGER NOT NULL, document INTEGER NOT NULL, PRIMARY KEY(hash, document)) WITHOUT ROWID;
CREATE TABLE copy("left" INTEGER NOT NULL, "right" INTEGER NOT NULL, PRIMARY KEY("left", "right")) WITHOUT ROWID;
CREATE TABLE unlinked(report INTEGER PRIMARY KEY);
CREATE TABLE erasure(n INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE blocked(digest BLOB PRIMARY KEY, tokens INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE text_index USING fts5(title, text, content='', tokenize='unicode61 remove_diacritics 2');
