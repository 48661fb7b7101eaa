// Block comments of WIT, which nest: the one thing of the language that a regular expression can't say.

#include "tree_sitter/parser.h"

enum TokenType { BLOCK_COMMENT };

void *tree_sitter_wit_external_scanner_create(void) { return NULL; }

void tree_sitter_wit_external_scanner_destroy(void *payload) { (void)payload; }

unsigned tree_sitter_wit_external_scanner_serialize(void *payload, char *buffer) {
    (void)payload;
    (void)buffer;
    return 0;
}

void tree_sitter_wit_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
    (void)payload;
    (void)buffer;
    (void)length;
}

bool tree_sitter_wit_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid_symbols) {
    (void)payload;
    if (!valid_symbols[BLOCK_COMMENT]) return false;
    while (lexer->lookahead == ' ' || lexer->lookahead == '\t' || lexer->lookahead == '\r' || lexer->lookahead == '\n') {
        lexer->advance(lexer, true);
    }
    if (lexer->lookahead != '/') return false;
    lexer->advance(lexer, false);
    if (lexer->lookahead != '*') return false;
    lexer->advance(lexer, false);
    // `/*/` opens a comment and closes none: a slash or star counts for one mark alone.
    for (unsigned depth = 1; depth > 0;) {
        int32_t first = lexer->lookahead;
        if (lexer->eof(lexer)) return false;
        lexer->advance(lexer, false);
        if (first == '*' && lexer->lookahead == '/') {
            lexer->advance(lexer, false);
            depth--;
        } else if (first == '/' && lexer->lookahead == '*') {
            lexer->advance(lexer, false);
            depth++;
        }
    }
    lexer->result_symbol = BLOCK_COMMENT;
    lexer->mark_end(lexer);
    return true;
}
