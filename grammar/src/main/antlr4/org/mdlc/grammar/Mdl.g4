/** The model language. One file holds imports and declarations. */
grammar Mdl;

file : importDeclaration* EOF ;

importDeclaration : 'import' STRING ;

STRING : '"' ~["\r\n]* '"' ;
COMMENT : '//' ~[\r\n]* -> channel(HIDDEN) ;
SPACE : [ \t\r\n]+ -> skip ;
