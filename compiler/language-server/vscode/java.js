// Finds a JDK that is new enough, without starting one: the file `release` in its folder says what it is.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');

const NEEDED = 25;

/** Folders that may hold a JDK, the likeliest first. */
function candidates(setting, environment) {
  const homes = [setting, environment.JAVA_HOME].filter(Boolean);
  for (const folder of (environment.PATH || environment.Path || '').split(path.delimiter)) {
    for (const name of ['java', 'java.exe']) {
      try {
        homes.push(path.dirname(path.dirname(fs.realpathSync(path.join(folder, name)))));
      } catch {
        // no java in this folder of the path
      }
    }
  }
  const parents = [
    '/usr/lib/jvm', '/usr/java', '/opt', '/usr/local',
    '/Library/Java/JavaVirtualMachines', 'C:\\Program Files\\Java', 'C:\\Program Files\\Eclipse Adoptium',
    path.join(os.homedir(), '.sdkman/candidates/java'), path.join(os.homedir(), '.jdks'),
  ];
  for (const parent of parents.filter(fs.existsSync)) {
    for (const name of fs.readdirSync(parent)) {
      homes.push(path.join(parent, name), path.join(parent, name, 'Contents/Home'));
    }
  }
  return homes;
}

/** The first number of a JDK's version; 0 for what is no JDK. */
function version(home) {
  try {
    const release = fs.readFileSync(path.join(home, 'release'), 'utf8');
    return Number((/^JAVA_VERSION="(\d+)/m.exec(release) || [0, 0])[1]);
  } catch {
    return 0;
  }
}

/** The program java of the first JDK that is new enough; undefined when there is none. */
function findJava(setting, environment = process.env) {
  const home = candidates(setting, environment).find((folder) => version(folder) >= NEEDED);
  return home && path.join(home, 'bin', process.platform === 'win32' ? 'java.exe' : 'java');
}

module.exports = { findJava, NEEDED };
