/*
 * The grammar of mdl, the language in which mdlc models are written. docs/language.md explains it by example.
 *
 * Three decisions keep it small:
 *  - Line ends do not separate statements; every statement begins with a keyword or with `name =`, `name <-`. Only one thing depends on lines:
 *    a `(` or `[` that is the first token of its line (LPAREN_LINE, LBRACK_LINE) never continues the expression before it.
 *  - Words that mean something in one place only (`batch`, `loss`, `over`, ...) stay usable as names: see `name`.
 *  - It accepts a little more than the language (an `input` in a layer, any expression left of `=`), so that the tree builder can say what is
 *    wrong in one sentence where a parser could only say "unexpected token".
 */
grammar Mdl;

// The token filter turns a `(` or `[` that opens a line into these.
tokens { LPAREN_LINE, LBRACK_LINE }

file: item* EOF;

/** What stands between the braces of a message. */
oneExpression: expr EOF;

item
    : 'import' STRING                                                          # importFile
    | 'import' 'weights' path=STRING ('sha256' hash=STRING)? ('as' | model='for') name # importWeights
    | 'let' name (':' type)? '=' expr                                          # constant
    | 'model' name paramList? block                                            # model
    | 'fn' name paramList ('->' type)? (block | '=' expr)                      # function
    | kind=definitionKind name paramList paramList? ('->' type)? (block | '=' expr) # definition
    | 'train' name ('(' arguments? ')')? trainBody                             # train
    ;

definitionKind
    : 'layer' | 'block' | 'loss' | 'metric' | 'optimizer' | 'schedule' | 'initializer' | 'regularizer' | 'constraint'
    ;

paramList: lparen (param (',' param)* ','?)? ')';

param: name (':' type)? ('=' expr)?;

// ---- types

type: typeAtom ('|' typeAtom)* '?'?;

typeAtom
    : name '[' (dim (',' dim)* ','?)? ']'      # tensorType
    | 'enum' '(' word (',' word)* ','? ')'     # enumType
    | name                                     # namedType
    | 'fn'                                     # functionType
    | lbrack type ']'                          # listType
    | lparen type (',' type)* ','? ')'         # tupleType
    ;

dim: '...' name # restDim | expr # oneDim;

// ---- statements

block: '{' (statement ';'*)* '}';

statement
    : 'input' inputDecl (',' inputDecl)*                       # input
    | 'output' outputDecl (',' outputDecl)*                    # output
    | kind=('let' | 'var') binding (',' binding)*              # let
    | 'param' variable (',' variable)*                         # parameter
    | 'state' variable (',' variable)*                         # state
    | 'return' (expr (',' expr)*)?                             # return
    | 'require' expr (',' STRING)?                             # require
    | {_input.LT(1).getText().equals("precision")}? IDENT name # precision
    | 'repeat' expr ('as' name)? block                         # repeat
    | 'for' name 'in' expr block                               # for
    | expr (op=('=' | '<-') expr)?                             # evaluate
    ;

// `batch` is a word here only: `input x: f32[20, 8] batch 4`.
inputDecl: name ':' type ({_input.LT(1).getText().equals("batch")}? IDENT batch=expr)?;

outputDecl: name ('=' expr)?;

binding: (name | lparen name (',' name)* ','? ')') (':' type)? '=' expr;

variable: name (':' type)? ('=' expr)? ('with' '(' arguments? ')')?;

// ---- expressions, tightest first

expr
    : target=expr '(' arguments? ')'                           # call
    | target=expr '[' indexItem (',' indexItem)* ','? ']'      # index
    | target=expr '.' anyName                                  # member
    | <assoc = right> left=expr op='**' right=expr             # binary
    | op=('-' | '+') expr                                      # unary
    | left=expr op=('*' | '/' | '%' | '@') right=expr          # binary
    | left=expr op=('+' | '-') right=expr                      # binary
    | left=expr op=('<<' | '>>') right=expr                    # binary
    | left=expr op='..' right=expr                             # range
    | left=expr op=('==' | '!=' | '<' | '<=' | '>' | '>=') right=expr # binary
    | op='not' expr                                            # unary
    | left=expr op='and' right=expr                            # binary
    | left=expr op='or' right=expr                             # binary
    | left=expr op='|>' right=pipeTarget                       # pipe
    | primary                                                  # atom
    ;

// The right side of `|>` is one callable or one call: `x |> f + 1` is `(x |> f) + 1`.
pipeTarget
    : target=pipeTarget '(' arguments? ')'                     # targetCall
    | target=pipeTarget '[' indexItem (',' indexItem)* ','? ']' # targetIndex
    | target=pipeTarget '.' anyName                            # targetMember
    | primary                                                  # targetAtom
    ;

primary
    : name                                                     # nameUse
    | INT                                                      # intLiteral
    | FLOAT                                                    # floatLiteral
    | STRING                                                   # stringLiteral
    | value=('true' | 'false')                                 # boolLiteral
    | 'none'                                                   # noneLiteral
    | 'training'                                               # trainingUse
    | 'adapting'                                               # adaptingUse
    | lbrack (listItem (',' listItem)* ','?)? ']'              # list
    | lparen listItem (comma+=',' listItem)* comma+=','? ')'   # parenthesised
    | conditional                                              # conditionalUse
    | 'fn' lparen (name (',' name)*)? ')' '=>' expr            # lambda
    | 'scan' scanSource (',' scanSource)* ('over' over=expr)? ('reverse' '=' reverse=expr)?
      ('with' carry (',' carry)*)? block                       # scan
    ;

conditional: 'if' expr block ('else' (conditional | block))?;

scanSource: name 'in' expr;

carry: name '=' expr;

listItem: '...' expr # spread | expr # element;

arguments: argument (',' argument)* ','?;

argument: (anyName '=')? expr;

indexItem
    : rest='..'
    | from=expr (colon=':' to=expr? (':' step=expr?)?)?
    | colon=':' to=expr? (':' step=expr?)?
    ;

// ---- training

trainBody: '{' (trainItem ';'*)* '}';

trainItem
    : role=('data' | 'holdout' | 'validation') expr ('{' (field (','? field)* ','?)? '}')? # data
    | 'loss' lossItem (',' lossItem)*                          # loss
    | kind=('metrics' | 'weighted_metrics') metricItem (',' metricItem)*             # metrics
    | 'optimizer' expr ('for' glob (',' glob)*)?               # optimizer
    | 'callbacks' expr (',' expr)*                             # callbacks
    | 'stage' name trainBody                                   # stage
    | kind=('freeze' | 'unfreeze') glob (',' glob)*            # freeze
    | 'adapt' glob (',' glob)*                                 # adapt
    | 'minimize' (name ':')? loss=expr 'over' glob (',' glob)* 'with' optimizer=expr # minimize
    | 'let' binding                                            # trainLet
    | key=IDENT (name ':')? expr                               # setting
    ;

// `weight digit = ..` fills the weights of an output's examples.
field: weighs='weight'? name '=' expr;

lossItem: (name ':')? expr ('weight' weight=expr)?;

metricItem: (name ':')? expr;

// A path of layer names in which `*` stands for any letters and `**` for any path; its pieces touch each other.
glob: globPiece ({_input.LT(-1).getStopIndex() + 1 == _input.LT(1).getStartIndex()}? globPiece)*;

globPiece: word | '*' | '**' | '.' | INT;

// ---- words

/** A name. Words that are special in one place only may be names in all others. */
name
    : IDENT
    | 'layer' | 'block' | 'loss' | 'metric' | 'optimizer' | 'schedule' | 'initializer' | 'regularizer' | 'constraint'
    | 'weights' | 'sha256' | 'as' | 'with' | 'over' | 'reverse' | 'enum'
    | 'data' | 'holdout' | 'validation' | 'metrics' | 'weighted_metrics' | 'callbacks' | 'stage' | 'freeze' | 'unfreeze' | 'adapt' | 'minimize' | 'weight'
    ;

/** After a dot and before the `=` of an argument every word is a name. */
anyName: name | reserved;

word: name | reserved;

reserved
    : 'import' | 'let' | 'model' | 'fn' | 'train' | 'input' | 'output' | 'var' | 'param' | 'state' | 'return' | 'require' | 'repeat' | 'for' | 'in'
    | 'if' | 'else' | 'scan' | 'training' | 'adapting' | 'true' | 'false' | 'none' | 'and' | 'or' | 'not'
    ;

lparen: '(' | LPAREN_LINE;

lbrack: '[' | LBRACK_LINE;

// ---- tokens

IMPORT: 'import';
LET: 'let';
VAR: 'var';
MODEL: 'model';
FN: 'fn';
TRAIN: 'train';
INPUT: 'input';
OUTPUT: 'output';
PARAM: 'param';
STATE: 'state';
RETURN: 'return';
REQUIRE: 'require';
REPEAT: 'repeat';
FOR: 'for';
IN: 'in';
IF: 'if';
ELSE: 'else';
SCAN: 'scan';
TRAINING: 'training';
ADAPTING: 'adapting';
TRUE: 'true';
FALSE: 'false';
NONE: 'none';
AND: 'and';
OR: 'or';
NOT: 'not';

LAYER: 'layer';
BLOCK: 'block';
LOSS: 'loss';
METRIC: 'metric';
OPTIMIZER: 'optimizer';
SCHEDULE: 'schedule';
INITIALIZER: 'initializer';
REGULARIZER: 'regularizer';
CONSTRAINT: 'constraint';
WEIGHTS: 'weights';
SHA256: 'sha256';
AS: 'as';
WITH: 'with';
OVER: 'over';
REVERSE: 'reverse';
ENUM: 'enum';
DATA: 'data';
HOLDOUT: 'holdout';
VALIDATION: 'validation';
METRICS: 'metrics';
WEIGHTED_METRICS: 'weighted_metrics';
CALLBACKS: 'callbacks';
STAGE: 'stage';
FREEZE: 'freeze';
UNFREEZE: 'unfreeze';
ADAPT: 'adapt';
MINIMIZE: 'minimize';
WEIGHT: 'weight';

LPAREN: '(';
RPAREN: ')';
LBRACK: '[';
RBRACK: ']';
LBRACE: '{';
RBRACE: '}';
COMMA: ',';
SEMICOLON: ';';
COLON: ':';
QUESTION: '?';
DOT: '.';
DOTS: '..';
ELLIPSIS: '...';
ASSIGN: '=';
UPDATE: '<-';
ARROW: '->';
FAT_ARROW: '=>';
PIPE: '|>';
BAR: '|';
PLUS: '+';
MINUS: '-';
STAR: '*';
POWER: '**';
SLASH: '/';
PERCENT: '%';
AT: '@';
SHIFT_LEFT: '<<';
SHIFT_RIGHT: '>>';
EQUAL: '==';
NOT_EQUAL: '!=';
LESS: '<';
LESS_EQUAL: '<=';
GREATER: '>';
GREATER_EQUAL: '>=';

INT: DIGITS | '0' [xX] [0-9a-fA-F] [0-9a-fA-F_]*;
FLOAT: DIGITS ('.' DIGITS EXPONENT? | EXPONENT);
fragment DIGITS: [0-9] [0-9_]*;
fragment EXPONENT: [eE] [+-]? [0-9]+;

STRING: '"' ('\\' ~[\r\n] | ~["\\\r\n])* '"';
IDENT: [A-Za-z_] [A-Za-z_0-9]*;

DOC: '///' ~[\r\n]* -> channel(HIDDEN);
COMMENT: '//' ~[\r\n]* -> channel(HIDDEN);
BLOCK_COMMENT: '/*' .*? '*/' -> channel(HIDDEN);
SPACE: [ \t\r\n\f\uFEFF]+ -> skip;

// ---- what is not mdl but is met in practice: each is reported by name, most are mended, before the parser runs

OPEN_STRING: '"' ('\\' ~[\r\n] | ~["\\\r\n])* '\\'?;
QUOTED: '\'' ~['\r\n]* '\'';
HASH_COMMENT: '#' ~[\r\n]*;
OPEN_COMMENT: '/*' (~'*' | '*'+ ~[*/])* '*'* EOF;
AND_AND: '&&';
OR_OR: '||';
BANG: '!';
EQUAL3: '===';
NOT_EQUAL3: '!==';
PLUS_ASSIGN: '+=' | '-=' | '*=' | '/=';
DOT_NUMBER: '.' [0-9]+ EXPONENT?;
OTHER: .;
