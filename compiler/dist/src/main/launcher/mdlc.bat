@echo off
rem Runs mdlc with the JDK of MDLC_JAVA_HOME, else of JAVA_HOME, else the java on the PATH. One that is too old says so.
setlocal
set "java=java"
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\java.exe" set "java=%JAVA_HOME%\bin\java.exe"
if defined MDLC_JAVA_HOME if exist "%MDLC_JAVA_HOME%\bin\java.exe" set "java=%MDLC_JAVA_HOME%\bin\java.exe"
"%java%" -jar "%~dp0..\lib\mdlc.jar" %*
exit /b %ERRORLEVEL%
